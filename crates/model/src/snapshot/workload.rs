//! Workload controllers and their revisions.

use serde::Deserialize;

use super::{ClaimTemplate, Condition, Meta, Template};
use crate::wire::{IntOrString, LabelSelector, List, Text, null_as_default};

/// A Deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Deployment {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What is wanted.
    pub spec: DeploymentSpec,
    /// What the controller says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: DeploymentStatus,
}

/// Spec of a Deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentSpec {
    /// Wanted Pods; 1 when absent.
    pub replicas: Option<i64>,
    /// Which Pods belong to it.
    pub selector: LabelSelector,
    /// Template of the Pods.
    pub template: Template,
    /// How a new version replaces the old one.
    pub strategy: UpdateStrategy,
    /// Seconds a Pod must be Ready to count as available.
    #[serde(deserialize_with = "null_as_default")]
    pub min_ready_seconds: i64,
    /// Seconds without progress until the rollout counts as failed; 600 when absent.
    pub progress_deadline_seconds: Option<i64>,
    /// Template changes do not roll.
    #[serde(deserialize_with = "null_as_default")]
    pub paused: bool,
}

/// `strategy` or `updateStrategy`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UpdateStrategy {
    /// `RollingUpdate`, `Recreate` or `OnDelete`; empty means `RollingUpdate`.
    #[serde(rename = "type")]
    pub kind: Text,
    /// Bounds of a rolling update.
    #[serde(deserialize_with = "null_as_default")]
    pub rolling_update: RollingUpdate,
}

/// Bounds of a rolling update.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RollingUpdate {
    /// Pods above the wanted number.
    pub max_surge: Option<IntOrString>,
    /// Pods that may be missing.
    pub max_unavailable: Option<IntOrString>,
    /// StatefulSet: ordinals below stay at the old revision.
    #[serde(deserialize_with = "null_as_default")]
    pub partition: i64,
}

/// Status of a Deployment. A missing counter is 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentStatus {
    /// The generation the controller has seen; `None` when it never reported.
    pub observed_generation: Option<i64>,
    /// Pods of all versions.
    #[serde(deserialize_with = "null_as_default")]
    pub replicas: i64,
    /// Pods of the new version.
    #[serde(deserialize_with = "null_as_default")]
    pub updated_replicas: i64,
    /// Ready Pods of all versions.
    #[serde(deserialize_with = "null_as_default")]
    pub ready_replicas: i64,
    /// Available Pods of all versions.
    #[serde(deserialize_with = "null_as_default")]
    pub available_replicas: i64,
    /// Missing Pods.
    #[serde(deserialize_with = "null_as_default")]
    pub unavailable_replicas: i64,
    /// How often a ReplicaSet name was taken.
    pub collision_count: Option<i64>,
    /// Conditions.
    pub conditions: List<Condition>,
}

/// A ReplicaSet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ReplicaSet {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What is wanted.
    pub spec: ReplicaSetSpec,
    /// What the controller says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: ReplicaSetStatus,
}

/// Spec of a ReplicaSet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReplicaSetSpec {
    /// Wanted Pods; 1 when absent.
    pub replicas: Option<i64>,
    /// Which Pods belong to it.
    pub selector: LabelSelector,
    /// Template of the Pods.
    pub template: Template,
}

/// Status of a ReplicaSet. A missing counter is 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReplicaSetStatus {
    /// Pods that exist.
    #[serde(deserialize_with = "null_as_default")]
    pub replicas: i64,
    /// Ready Pods.
    #[serde(deserialize_with = "null_as_default")]
    pub ready_replicas: i64,
    /// Available Pods.
    #[serde(deserialize_with = "null_as_default")]
    pub available_replicas: i64,
    /// Conditions.
    pub conditions: List<Condition>,
}

impl ReplicaSet {
    /// Wanted Pods.
    pub fn desired(&self) -> i64 {
        self.spec.replicas.unwrap_or(1)
    }

    /// The revision that the Deployment controller gave it.
    pub fn revision(&self) -> Option<i64> {
        self.meta
            .annotations
            .get("deployment.kubernetes.io/revision")?
            .parse()
            .ok()
    }
}

/// A StatefulSet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct StatefulSet {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What is wanted.
    pub spec: StatefulSetSpec,
    /// What the controller says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: StatefulSetStatus,
}

/// Spec of a StatefulSet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StatefulSetSpec {
    /// Wanted Pods; 1 when absent.
    pub replicas: Option<i64>,
    /// Which Pods belong to it.
    pub selector: LabelSelector,
    /// Template of the Pods.
    pub template: Template,
    /// How a new revision replaces the old one.
    pub update_strategy: UpdateStrategy,
    /// `OrderedReady` (the default) or `Parallel`.
    pub pod_management_policy: Text,
    /// Seconds a Pod must be Ready to count as available.
    #[serde(deserialize_with = "null_as_default")]
    pub min_ready_seconds: i64,
    /// The governing Service.
    pub service_name: Text,
    /// Claims that every Pod gets, called `<template>-<Pod>`.
    pub volume_claim_templates: List<ClaimTemplate>,
    /// First ordinal.
    #[serde(deserialize_with = "null_as_default")]
    pub ordinals: Ordinals,
    /// What becomes of claims whose Pods go.
    #[serde(deserialize_with = "null_as_default")]
    pub persistent_volume_claim_retention_policy: RetentionPolicy,
}

/// `spec.persistentVolumeClaimRetentionPolicy` of a StatefulSet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RetentionPolicy {
    /// `Retain` (the default) or `Delete`, when there are fewer replicas.
    #[serde(deserialize_with = "null_as_default")]
    pub when_scaled: Text,
    /// `Retain` (the default) or `Delete`, when the StatefulSet is deleted.
    #[serde(deserialize_with = "null_as_default")]
    pub when_deleted: Text,
}

/// `spec.ordinals` of a StatefulSet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Ordinals {
    /// First ordinal.
    #[serde(deserialize_with = "null_as_default")]
    pub start: i64,
}

/// Status of a StatefulSet. A missing counter is 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StatefulSetStatus {
    /// The generation the controller has seen; `None` when it never reported.
    pub observed_generation: Option<i64>,
    /// Pods that exist.
    #[serde(deserialize_with = "null_as_default")]
    pub replicas: i64,
    /// Pods of the current revision.
    #[serde(deserialize_with = "null_as_default")]
    pub current_replicas: i64,
    /// Pods of the update revision.
    #[serde(deserialize_with = "null_as_default")]
    pub updated_replicas: i64,
    /// Ready Pods.
    #[serde(deserialize_with = "null_as_default")]
    pub ready_replicas: i64,
    /// Available Pods.
    #[serde(deserialize_with = "null_as_default")]
    pub available_replicas: i64,
    /// Name of the ControllerRevision that was complete last.
    pub current_revision: Text,
    /// Name of the ControllerRevision of the present template.
    pub update_revision: Text,
}

/// A DaemonSet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DaemonSet {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What is wanted.
    pub spec: DaemonSetSpec,
    /// What the controller says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: DaemonSetStatus,
}

/// Spec of a DaemonSet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DaemonSetSpec {
    /// Which Pods belong to it.
    pub selector: LabelSelector,
    /// Template of the Pods.
    pub template: Template,
    /// How a new revision replaces the old one.
    pub update_strategy: UpdateStrategy,
    /// Seconds a Pod must be Ready to count as available.
    #[serde(deserialize_with = "null_as_default")]
    pub min_ready_seconds: i64,
}

/// Status of a DaemonSet. A missing counter is 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DaemonSetStatus {
    /// The generation the controller has seen; `None` when it never reported.
    pub observed_generation: Option<i64>,
    /// Nodes that shall run a Pod: nodes with untolerated taints are not among them.
    #[serde(deserialize_with = "null_as_default")]
    pub desired_number_scheduled: i64,
    /// Nodes that shall and do.
    #[serde(deserialize_with = "null_as_default")]
    pub current_number_scheduled: i64,
    /// Pods of the present revision.
    #[serde(deserialize_with = "null_as_default")]
    pub updated_number_scheduled: i64,
    /// Ready Pods.
    #[serde(deserialize_with = "null_as_default")]
    pub number_ready: i64,
    /// Available Pods.
    #[serde(deserialize_with = "null_as_default")]
    pub number_available: i64,
    /// Missing Pods.
    #[serde(deserialize_with = "null_as_default")]
    pub number_unavailable: i64,
    /// Pods where none should run.
    #[serde(deserialize_with = "null_as_default")]
    pub number_misscheduled: i64,
}

/// A ControllerRevision: one version of a StatefulSet or DaemonSet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "RevisionWire")]
pub struct ControllerRevision {
    /// Metadata.
    pub meta: Meta,
    /// Number, rising with each change.
    pub revision: i64,
    /// The template it holds; its fingerprint is 0 when it holds none.
    pub template: Template,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RevisionWire {
    metadata: Meta,
    #[serde(deserialize_with = "null_as_default")]
    revision: i64,
    data: serde_json::Value,
}

impl From<RevisionWire> for ControllerRevision {
    fn from(wire: RevisionWire) -> Self {
        let template = wire.data.pointer("/spec/template");
        Self {
            meta: wire.metadata,
            revision: wire.revision,
            template: template.map(Template::of_value).unwrap_or_default(),
        }
    }
}
