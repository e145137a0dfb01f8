//! Claims, volumes, classes and attachments.

use serde::Deserialize;

use super::{Condition, Meta, NodeSelector};
use crate::wire::{
    LabelSelector, Labels, List, Resources, SelectorExpression, Text, null_as_default,
};

/// A PersistentVolumeClaim.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PersistentVolumeClaim {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What is wanted.
    pub spec: ClaimSpec,
    /// What the controller says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: ClaimStatus,
}

/// Spec of a claim.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClaimSpec {
    /// StorageClass; `None` asks for the default class, an empty one for none.
    pub storage_class_name: Option<Text>,
    /// The bound volume, or the one that is asked for.
    pub volume_name: Text,
    /// Access modes.
    pub access_modes: List<Text>,
    /// Requested size.
    pub resources: ClaimResources,
    /// Labels of the volumes that may be bound.
    pub selector: Option<Box<LabelSelector>>,
    /// `Filesystem` (the default) or `Block`.
    pub volume_mode: Option<Text>,
}

/// Requested size of a claim.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(default)]
pub struct ClaimResources {
    /// Requests.
    pub requests: Resources,
}

/// Status of a claim, or of a volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClaimStatus {
    /// `Pending`, `Bound` or `Lost`; of a volume also `Available`, `Released` and `Failed`.
    pub phase: Text,
    /// Why a volume failed.
    pub message: Text,
    /// Conditions of a claim.
    pub conditions: List<Condition>,
    /// How far an expansion of a claim is, by resource.
    pub allocated_resource_statuses: Labels,
}

/// A PersistentVolume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PersistentVolume {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What it is.
    pub spec: VolumeSpec,
    /// What the controller says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: ClaimStatus,
}

/// Spec of a volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeSpec {
    /// StorageClass.
    pub storage_class_name: Text,
    /// Access modes.
    pub access_modes: List<Text>,
    /// Size.
    pub capacity: Resources,
    /// The claim that it is, or was, bound to.
    pub claim_ref: Option<BoundClaim>,
    /// `Retain` or `Delete`.
    pub persistent_volume_reclaim_policy: Text,
    /// The nodes that reach it; `None` means all.
    pub node_affinity: Option<VolumeAffinity>,
    /// The driver that serves it, when it is one.
    pub csi: Option<CsiSource>,
    /// `Filesystem` (the default) or `Block`.
    pub volume_mode: Option<Text>,
}

/// The nodes that reach a volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct VolumeAffinity {
    /// The terms, any of which must match.
    pub required: Option<NodeSelector>,
}

/// The driver that serves a volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CsiSource {
    /// Name of the driver.
    pub driver: Text,
    /// What the driver calls the volume.
    pub volume_handle: Text,
}

/// The claim that a volume is bound to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct BoundClaim {
    /// Namespace.
    pub namespace: Text,
    /// Name.
    pub name: Text,
    /// Which incarnation; empty when an administrator reserved the volume.
    pub uid: crate::Uid,
}

/// A StorageClass.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StorageClass {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// Who makes volumes.
    pub provisioner: Text,
    /// `Immediate` (the default) or `WaitForFirstConsumer`.
    pub volume_binding_mode: Text,
    /// Whether claims may grow.
    #[serde(deserialize_with = "null_as_default")]
    pub allow_volume_expansion: bool,
    /// Where volumes can be made; empty means everywhere.
    pub allowed_topologies: List<TopologyTerm>,
}

/// One place in which volumes can be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TopologyTerm {
    /// Labels of nodes, every one of which must have one of its values.
    pub match_label_expressions: List<SelectorExpression>,
}

/// A VolumeAttachment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct VolumeAttachment {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What shall be attached where.
    pub spec: AttachmentSpec,
    /// What the attacher says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: AttachmentStatus,
}

/// Spec of an attachment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AttachmentSpec {
    /// CSI driver.
    pub attacher: Text,
    /// Node.
    pub node_name: Text,
    /// Volume.
    pub source: AttachmentSource,
}

/// The volume of an attachment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AttachmentSource {
    /// Name of the PersistentVolume.
    pub persistent_volume_name: Text,
}

/// Status of an attachment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AttachmentStatus {
    /// Whether the volume is attached.
    #[serde(deserialize_with = "null_as_default")]
    pub attached: bool,
    /// Why attaching failed.
    pub attach_error: Option<AttachError>,
    /// Why detaching failed.
    pub detach_error: Option<AttachError>,
}

/// Why attaching or detaching failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AttachError {
    /// The driver's words.
    pub message: Text,
}

/// A CSINode: the drivers that a node has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CsiNode {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// Its drivers.
    #[serde(deserialize_with = "null_as_default")]
    pub spec: CsiNodeSpec,
}

/// Spec of a CSINode.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CsiNodeSpec {
    /// Drivers.
    pub drivers: List<CsiNodeDriver>,
}

/// A driver on a node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CsiNodeDriver {
    /// Name of the driver.
    pub name: Text,
    /// Limits.
    #[serde(deserialize_with = "null_as_default")]
    pub allocatable: CsiAllocatable,
}

/// Limits of a driver on a node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CsiAllocatable {
    /// Volumes that fit; `None` means no limit is known.
    pub count: Option<i64>,
}

/// A CSIDriver.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CsiDriver {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What it needs.
    #[serde(deserialize_with = "null_as_default")]
    pub spec: CsiDriverSpec,
}

/// Spec of a CSIDriver.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CsiDriverSpec {
    /// Whether volumes must be attached first; true when absent.
    pub attach_required: Option<bool>,
    /// Whether the scheduler has to ask how much room there is; false when absent.
    pub storage_capacity: Option<bool>,
}
