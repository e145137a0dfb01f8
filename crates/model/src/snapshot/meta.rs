//! Metadata and conditions, as every object carries them.

use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    Uid,
    wire::{Labels, List, Text, null_as_default, time},
};

/// Annotations that some check reads; the others are dropped while decoding.
const KEPT_ANNOTATIONS: &[&str] = &[
    "deployment.kubernetes.io/revision",
    "deployment.kubernetes.io/desired-replicas",
    "meta.helm.sh/release-name",
    "meta.helm.sh/release-namespace",
    "helm.sh/hook",
    "helm.sh/hook-delete-policy",
    "cluster.x-k8s.io/paused",
    "cluster.x-k8s.io/delete-machine",
    "machine.cluster.x-k8s.io/certificates-expiry",
    "autoscaling.keda.sh/paused",
    "autoscaling.keda.sh/paused-replicas",
    "cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size",
    "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size",
    "kubernetes.io/ingress.class",
    "nginx.org/mergeable-ingress-type",
    "scheduling.k8s.io/group-name",
    "nginx.ingress.kubernetes.io/canary",
    "ingressclass.kubernetes.io/is-default-class",
    "storageclass.kubernetes.io/is-default-class",
    "volume.kubernetes.io/storage-provisioner",
    "volume.kubernetes.io/selected-node",
    "volume.beta.kubernetes.io/storage-provisioner",
    "argocd.argoproj.io/tracking-id",
    "dogwatch.io/kick",
    "dogwatch.io/protected",
];

/// Metadata of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Meta {
    /// Name.
    pub name: Text,
    /// Namespace; empty for cluster-scoped objects.
    pub namespace: Text,
    /// Which incarnation.
    pub uid: Uid,
    /// Counts changes of the spec; 0 when the kind has none.
    #[serde(deserialize_with = "null_as_default")]
    pub generation: i64,
    /// When the object was created.
    #[serde(rename = "creationTimestamp", deserialize_with = "time")]
    pub created: Option<Timestamp>,
    /// When the object shall be gone: deletion time plus grace period.
    #[serde(rename = "deletionTimestamp", deserialize_with = "time")]
    pub deletion: Option<Timestamp>,
    /// Owners.
    #[serde(rename = "ownerReferences")]
    pub owners: List<Owner>,
    /// Labels.
    pub labels: Labels,
    /// The annotations that some check reads.
    #[serde(deserialize_with = "kept_annotations")]
    pub annotations: Labels,
    /// Finalizers.
    pub finalizers: List<Text>,
    /// When somebody last wrote the object, its status aside; `None` when that is not recorded.
    #[serde(rename = "managedFields", deserialize_with = "last_change")]
    pub changed: Option<Timestamp>,
}

/// One entry of `metadata.managedFields`, without the fields.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    #[serde(deserialize_with = "time")]
    time: Option<Timestamp>,
    subresource: Text,
}

fn last_change<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let entries = List::<Written>::deserialize(deserializer)?;
    let of_spec = entries.iter().filter(|entry| entry.subresource.is_empty());
    Ok(of_spec.filter_map(|entry| entry.time).max())
}

fn kept_annotations<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Labels, D::Error> {
    Labels::deserialize_some(deserializer, |key| KEPT_ANNOTATIONS.contains(&key))
}

impl Meta {
    /// The owner that controls this object.
    pub fn controller(&self) -> Option<&Owner> {
        self.owners.iter().find(|owner| owner.controller)
    }

    /// True when this object is controlled by the object with the given UID.
    pub fn is_controlled_by(&self, uid: &Uid) -> bool {
        !uid.is_empty() && self.controller().is_some_and(|owner| owner.uid == *uid)
    }

    /// True while the object is being deleted.
    pub fn is_terminating(&self) -> bool {
        self.deletion.is_some()
    }
}

/// One entry of `metadata.ownerReferences`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Owner {
    /// Kind of the owner.
    pub kind: Text,
    /// Name of the owner.
    pub name: Text,
    /// UID of the owner.
    pub uid: Uid,
    /// Whether the owner manages this object.
    #[serde(deserialize_with = "null_as_default")]
    pub controller: bool,
}

/// One entry of `status.conditions`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Condition {
    /// Type.
    #[serde(rename = "type")]
    pub kind: Text,
    /// `True`, `False` or `Unknown`.
    pub status: Text,
    /// Reason.
    pub reason: Text,
    /// Message.
    pub message: Text,
    /// When the status last changed.
    #[serde(rename = "lastTransitionTime", deserialize_with = "time")]
    pub since: Option<Timestamp>,
    /// When the condition was last written (Deployments); moves with every progress.
    #[serde(rename = "lastUpdateTime", deserialize_with = "time")]
    pub updated: Option<Timestamp>,
}

impl Condition {
    /// True when the status is `True`.
    pub fn is_true(&self) -> bool {
        self.status == "True"
    }
}

/// The condition of one type.
pub fn find_condition<'a>(conditions: &'a [Condition], kind: &str) -> Option<&'a Condition> {
    conditions.iter().find(|condition| condition.kind == kind)
}
