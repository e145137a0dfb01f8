//! Why a node does not take a Pod, with the numbers and in the scheduler's words.

use core::fmt;

use dogwatch_model::{
    ObjectRef,
    wire::{Quantity, Text},
};
use serde::Serialize;

/// Why one node does not take a Pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "obstacle", rename_all = "snake_case")]
pub enum Obstacle {
    /// The Pod names other nodes in its affinity.
    NotNamed,
    /// The node is cordoned.
    Unschedulable,
    /// The Pod is meant for another node.
    OtherNode,
    /// A taint that the Pod does not tolerate.
    Taint {
        /// Key of the taint.
        key: Text,
        /// Its value, possibly empty.
        value: Text,
        /// `NoSchedule` or `NoExecute`.
        effect: Text,
    },
    /// The labels of the node are not the ones that the Pod asks for.
    NodeAffinity,
    /// A port of the node is taken.
    HostPort {
        /// The port.
        port: i64,
        /// `TCP`, `UDP` or `SCTP`.
        protocol: Text,
    },
    /// The node has as many Pods as it may have.
    TooManyPods {
        /// Pods on the node.
        pods: i64,
        /// Pods that it may have.
        allowed: i64,
    },
    /// Not enough of a resource is free.
    Insufficient {
        /// The resource.
        resource: Text,
        /// What the Pod asks for.
        requested: Quantity,
        /// What is free.
        free: Quantity,
        /// What the node has in all; with less than is asked for, driving others out cannot help.
        allocatable: Quantity,
    },
    /// Another Pod uses a claim that only one Pod may use.
    ClaimInUse {
        /// The claim.
        claim: Text,
    },
    /// A driver attaches no further volume to the node.
    VolumeCount {
        /// The driver.
        driver: Text,
        /// Volumes that are attached.
        attached: i64,
        /// Volumes that may be attached.
        allowed: i64,
    },
    /// A bound volume is not reached from the node.
    VolumeNodeAffinity {
        /// The volume.
        volume: Text,
    },
    /// No volume for a claim is there, nor can one be made, on the node.
    NoVolume {
        /// The claim.
        claim: Text,
    },
    /// A bound volume is in another zone.
    VolumeZone {
        /// The volume.
        volume: Text,
    },
    /// The node lacks the label over which Pods are to be spread.
    SpreadLabel {
        /// The label.
        key: Text,
    },
    /// The domain of the node would have too many of the Pods.
    Spread {
        /// The label that spans the domains.
        key: Text,
        /// The domain of the node.
        domain: Text,
        /// Pods in this domain.
        pods: i64,
        /// Pods in the emptiest domain.
        minimum: i64,
        /// By how much they may differ.
        max_skew: i64,
    },
    /// The domain of the node has none of the Pods that must be near.
    PodAffinity {
        /// The label that spans the domains.
        key: Text,
    },
    /// The domain of the node has a Pod that must not be near.
    PodAntiAffinity {
        /// The label that spans the domains.
        key: Text,
    },
    /// A Pod in the domain of the node does not want this one near.
    OthersAntiAffinity {
        /// The label that spans the domains.
        key: Text,
        /// One of the Pods.
        pod: ObjectRef,
    },
}

impl Obstacle {
    /// The scheduler's words. `minor` is the minor version of the server, when known.
    pub fn words(&self, minor: Option<u32>) -> String {
        let fixed = match self {
            Obstacle::Taint { key, value, .. } => return taint_words(key, value, minor),
            Obstacle::Insufficient { resource, .. } => return format!("Insufficient {resource}"),
            Obstacle::NotNamed => "node(s) didn't satisfy plugin(s) [NodeAffinity]",
            Obstacle::Unschedulable => "node(s) were unschedulable",
            Obstacle::OtherNode => "node(s) didn't match the requested node name",
            Obstacle::NodeAffinity => "node(s) didn't match Pod's node affinity/selector",
            Obstacle::HostPort { .. } => {
                "node(s) didn't have free ports for the requested pod ports"
            }
            Obstacle::TooManyPods { .. } => "Too many pods",
            Obstacle::ClaimInUse { .. } => {
                "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access \
                 mode already in-use by another pod"
            }
            Obstacle::VolumeCount { .. } => "node(s) exceed max volume count",
            Obstacle::VolumeNodeAffinity { .. } => {
                "node(s) didn't match PersistentVolume's node affinity"
            }
            Obstacle::NoVolume { .. } => "node(s) didn't find available persistent volumes to bind",
            Obstacle::VolumeZone { .. } => "node(s) had no available volume zone",
            Obstacle::SpreadLabel { .. } => {
                "node(s) didn't match pod topology spread constraints (missing required label)"
            }
            Obstacle::Spread { .. } => "node(s) didn't match pod topology spread constraints",
            Obstacle::PodAffinity { .. } => "node(s) didn't match pod affinity rules",
            Obstacle::PodAntiAffinity { .. } => "node(s) didn't match pod anti-affinity rules",
            Obstacle::OthersAntiAffinity { .. } => {
                "node(s) didn't satisfy existing pods anti-affinity rules"
            }
        };
        fixed.to_owned()
    }

    /// True when it stays whatever further Pods of the same kind do.
    pub(super) fn is_lasting(&self) -> bool {
        match self {
            Obstacle::NotNamed
            | Obstacle::Unschedulable
            | Obstacle::OtherNode
            | Obstacle::Taint { .. }
            | Obstacle::NodeAffinity
            | Obstacle::HostPort { .. }
            | Obstacle::TooManyPods { .. }
            | Obstacle::Insufficient { .. }
            | Obstacle::SpreadLabel { .. }
            | Obstacle::PodAntiAffinity { .. }
            | Obstacle::OthersAntiAffinity { .. } => true,
            // Each Pod may have claims of its own, and balance and company change.
            Obstacle::ClaimInUse { .. }
            | Obstacle::VolumeCount { .. }
            | Obstacle::VolumeNodeAffinity { .. }
            | Obstacle::NoVolume { .. }
            | Obstacle::VolumeZone { .. }
            | Obstacle::Spread { .. }
            | Obstacle::PodAffinity { .. } => false,
        }
    }

    /// True when it would go if Pods of the node alone went.
    pub(super) fn is_made_by_pods(&self) -> bool {
        match self {
            Obstacle::HostPort { .. } | Obstacle::TooManyPods { .. } => true,
            Obstacle::Insufficient {
                requested,
                allocatable,
                ..
            } => requested <= allocatable,
            Obstacle::NotNamed
            | Obstacle::Unschedulable
            | Obstacle::OtherNode
            | Obstacle::Taint { .. }
            | Obstacle::NodeAffinity
            | Obstacle::SpreadLabel { .. }
            | Obstacle::PodAntiAffinity { .. }
            | Obstacle::OthersAntiAffinity { .. }
            | Obstacle::ClaimInUse { .. }
            | Obstacle::VolumeCount { .. }
            | Obstacle::VolumeNodeAffinity { .. }
            | Obstacle::NoVolume { .. }
            | Obstacle::VolumeZone { .. }
            | Obstacle::Spread { .. }
            | Obstacle::PodAffinity { .. } => false,
        }
    }
}

/// The first minor version that does not name the taint.
const TAINT_UNNAMED_SINCE: u32 = 35;

fn taint_words(key: &str, value: &str, minor: Option<u32>) -> String {
    if minor.is_some_and(|minor| minor < TAINT_UNNAMED_SINCE) {
        format!("node(s) had untolerated taint {{{key}: {value}}}")
    } else {
        "node(s) had untolerated taint(s)".to_owned()
    }
}

/// Why the scheduler does not even look at nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Unplaceable {
    /// The cluster has no node.
    NoNodes,
    /// The Pod has scheduling gates.
    Gated,
    /// The terms of the node affinity name different nodes and cannot hold together.
    NamesConflict,
    /// A claim does not exist.
    ClaimMissing {
        /// The claim.
        claim: Text,
    },
    /// A claim has lost its volume.
    ClaimLost {
        /// The claim.
        claim: Text,
        /// The volume.
        volume: Text,
    },
    /// A claim is being deleted.
    ClaimDeleting {
        /// The claim.
        claim: Text,
    },
    /// A claim has to be bound first and is not.
    ClaimUnbound {
        /// The claim.
        claim: Text,
    },
    /// A claim is bound to a volume that does not exist.
    VolumeMissing {
        /// The volume.
        volume: Text,
    },
}

impl fmt::Display for Unplaceable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unplaceable::NoNodes => f.write_str("no nodes available to schedule pods"),
            Unplaceable::Gated => {
                f.write_str("Scheduling is blocked due to non-empty scheduling gates")
            }
            Unplaceable::NamesConflict => f.write_str("pod affinity terms conflict"),
            Unplaceable::ClaimMissing { claim } => {
                write!(f, "persistentvolumeclaim \"{claim}\" not found")
            }
            Unplaceable::ClaimLost { claim, volume } => write!(
                f,
                "persistentvolumeclaim \"{claim}\" bound to non-existent persistentvolume \
                 \"{volume}\""
            ),
            Unplaceable::ClaimDeleting { claim } => {
                write!(f, "persistentvolumeclaim \"{claim}\" is being deleted")
            }
            Unplaceable::ClaimUnbound { .. } => {
                f.write_str("pod has unbound immediate PersistentVolumeClaims")
            }
            Unplaceable::VolumeMissing { volume } => {
                write!(f, "persistentvolume \"{volume}\" not found")
            }
        }
    }
}
