//! HorizontalPodAutoscalers.

use jiff::Timestamp;
use serde::Deserialize;

use super::{Condition, Meta};
use crate::wire::{List, Text, null_as_default, time};

/// A HorizontalPodAutoscaler.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HorizontalPodAutoscaler {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What is wanted.
    pub spec: HpaSpec,
    /// What the controller says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: HpaStatus,
}

/// Spec of an autoscaler.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HpaSpec {
    /// Whom it scales.
    pub scale_target_ref: ScaleTarget,
    /// Lower bound; 1 when absent.
    pub min_replicas: Option<i64>,
    /// Upper bound.
    #[serde(deserialize_with = "null_as_default")]
    pub max_replicas: i64,
    /// What it goes by.
    pub metrics: List<HpaMetric>,
    /// How fast it scales, as it is written; `None` for the defaults.
    pub behavior: Option<Box<serde_json::Value>>,
}

/// A metric of an autoscaler: what it aims at in the spec, what it saw in the status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HpaMetric {
    /// `Resource`, `ContainerResource`, `Pods`, `Object` or `External`.
    #[serde(rename = "type")]
    pub kind: Text,
    /// Set for `Resource`.
    #[serde(deserialize_with = "null_as_default")]
    pub resource: HpaResource,
}

/// A resource metric of an autoscaler.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HpaResource {
    /// `cpu` or `memory`.
    pub name: Text,
    /// What it aims at; in the spec.
    #[serde(deserialize_with = "null_as_default")]
    pub target: HpaValue,
    /// What it saw; in the status.
    #[serde(deserialize_with = "null_as_default")]
    pub current: HpaValue,
}

/// A value of a metric.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HpaValue {
    /// Percent of the requests, over all Pods.
    pub average_utilization: Option<i64>,
}

/// Whom an autoscaler scales.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ScaleTarget {
    /// Kind.
    pub kind: Text,
    /// Name.
    pub name: Text,
}

/// Status of an autoscaler.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HpaStatus {
    /// Pods at the last look.
    #[serde(deserialize_with = "null_as_default")]
    pub current_replicas: i64,
    /// Pods it asked for.
    #[serde(deserialize_with = "null_as_default")]
    pub desired_replicas: i64,
    /// When it last changed the number.
    #[serde(deserialize_with = "time")]
    pub last_scale_time: Option<Timestamp>,
    /// What it saw.
    pub current_metrics: List<HpaMetric>,
    /// Conditions.
    pub conditions: List<Condition>,
}
