//! What the API server weighs before it accepts a Pod: quotas, limits and classes.

use serde::Deserialize;

use super::{Meta, Preemption, Toleration};
use crate::wire::{Labels, List, Resources, SelectorExpression, Text, null_as_default};

/// A PriorityClass.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PriorityClass {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// Priority of its Pods.
    #[serde(deserialize_with = "null_as_default")]
    pub value: i64,
    /// Given to Pods that name no class.
    #[serde(deserialize_with = "null_as_default")]
    pub global_default: bool,
    /// Whether its Pods may drive others out; `None` means they may.
    pub preemption_policy: Option<Preemption>,
}

/// A RuntimeClass.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RuntimeClass {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What the runtime needs besides the containers.
    #[serde(deserialize_with = "null_as_default")]
    pub overhead: Overhead,
    /// Where its Pods may run.
    #[serde(deserialize_with = "null_as_default")]
    pub scheduling: RuntimeScheduling,
}

/// What a runtime needs besides the containers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Overhead {
    /// Per Pod.
    pub pod_fixed: Resources,
}

/// Where the Pods of a RuntimeClass may run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RuntimeScheduling {
    /// Added to the node selector of its Pods.
    pub node_selector: Labels,
    /// Added to the tolerations of its Pods.
    pub tolerations: List<Toleration>,
}

/// A ResourceQuota.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ResourceQuota {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What is wanted; what is enforced stands in the status.
    #[serde(deserialize_with = "null_as_default")]
    pub spec: QuotaSpec,
    /// What the quota controller says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: QuotaStatus,
}

/// What a ResourceQuota bounds, and which Pods it counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct QuotaSpec {
    /// Upper bounds that are wanted.
    #[serde(deserialize_with = "null_as_default")]
    pub hard: Resources,
    /// Every scope must match: `BestEffort`, `NotBestEffort`, `Terminating`, `NotTerminating`,
    /// `PriorityClass` or `CrossNamespacePodAffinity`.
    pub scopes: List<Text>,
    /// Scopes with values.
    #[serde(deserialize_with = "null_as_default")]
    pub scope_selector: ScopeSelector,
}

/// Scopes with values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ScopeSelector {
    /// Every one must match.
    pub match_expressions: List<ScopeExpression>,
}

/// One scope with values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ScopeExpression {
    /// The scope.
    pub scope_name: Text,
    /// Operator and values.
    #[serde(flatten)]
    pub expression: SelectorExpression,
}

/// Status of a ResourceQuota.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct QuotaStatus {
    /// Upper bounds.
    pub hard: Resources,
    /// Present use.
    pub used: Resources,
}

/// A LimitRange.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LimitRange {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What is enforced.
    pub spec: LimitRangeSpec,
}

/// Spec of a LimitRange.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LimitRangeSpec {
    /// Limits.
    pub limits: List<LimitRangeItem>,
}

/// One limit of a LimitRange.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LimitRangeItem {
    /// `Container`, `Pod` or `PersistentVolumeClaim`.
    #[serde(rename = "type")]
    pub kind: Text,
    /// Limits given to containers without one.
    #[serde(rename = "default")]
    pub default_limits: Resources,
    /// Requests given to containers without one.
    #[serde(rename = "defaultRequest")]
    pub default_requests: Resources,
    /// Upper bounds.
    pub max: Resources,
    /// Lower bounds.
    pub min: Resources,
    /// How many times its request a limit may be.
    pub max_limit_request_ratio: Resources,
}
