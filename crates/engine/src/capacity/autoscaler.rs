//! Autoscalers above a manual change: what they would make of it.

use dogwatch_model::{
    Kind, ObjectRef, Snapshot,
    snapshot::{HorizontalPodAutoscaler, HpaMetric},
    wire::Text,
};
use serde::Serialize;

/// Share by which a metric may miss its target before anything happens, in percent.
const TOLERANCE_PERCENT: i64 = 10;

/// The autoscaler of a workload. It overwrites the number of replicas at its next look, within
/// some 15 seconds: its bounds have to be changed instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Autoscaled {
    /// The HorizontalPodAutoscaler.
    pub autoscaler: ObjectRef,
    /// Made by KEDA, which keeps the bounds in its own object.
    pub scaled_object: Option<Text>,
    /// Lower bound, Pods.
    pub minimum: i64,
    /// Upper bound, Pods.
    pub maximum: i64,
    /// Pods that it last asked for.
    pub desired: i64,
    /// Pods that its metrics would call for without bounds; `None` when they cannot be judged.
    pub wanted: Option<i64>,
    /// Its maximum keeps it from asking for more.
    pub is_at_maximum: bool,
}

/// The autoscaler that keeps the replicas of a workload.
pub(super) fn of(snapshot: &Snapshot, workload: &ObjectRef) -> Option<Autoscaled> {
    let autoscaler = snapshot.autoscalers.iter().find(|autoscaler| {
        let target = &autoscaler.spec.scale_target_ref;
        autoscaler.meta.namespace == workload.namespace
            && target.kind == workload.kind.name()
            && target.name == workload.name
    })?;
    let owner = autoscaler.meta.controller();
    let spec = &autoscaler.spec;
    Some(Autoscaled {
        autoscaler: ObjectRef::of(Kind::HorizontalPodAutoscaler, &autoscaler.meta),
        scaled_object: owner
            .filter(|owner| owner.kind == "ScaledObject")
            .map(|owner| owner.name.clone()),
        minimum: spec.min_replicas.unwrap_or(1),
        maximum: spec.max_replicas,
        desired: autoscaler.status.desired_replicas,
        wanted: wanted(autoscaler),
        is_at_maximum: is_at_maximum(autoscaler),
    })
}

fn is_at_maximum(autoscaler: &HorizontalPodAutoscaler) -> bool {
    let mut conditions = autoscaler.status.conditions.iter();
    conditions.any(|condition| {
        condition.kind == "ScalingLimited"
            && condition.is_true()
            && condition.reason == "TooManyReplicas"
    })
}

/// The largest number that a metric calls for. Only shares of requests are known to us: with any
/// other metric nothing can be said.
fn wanted(autoscaler: &HorizontalPodAutoscaler) -> Option<i64> {
    let metrics = &autoscaler.spec.metrics;
    let each: Option<Vec<i64>> = metrics
        .iter()
        .map(|metric| by(autoscaler, metric))
        .collect();
    each?.into_iter().max()
}

/// What one metric calls for: the present number, scaled by how far it misses its target.
fn by(autoscaler: &HorizontalPodAutoscaler, metric: &HpaMetric) -> Option<i64> {
    let target = metric.resource.target.average_utilization?;
    let seen = autoscaler
        .status
        .current_metrics
        .iter()
        .find(|seen| seen.kind == metric.kind && seen.resource.name == metric.resource.name)?;
    let seen = seen.resource.current.average_utilization?;
    let present = autoscaler.status.current_replicas;
    if target <= 0 || metric.kind != "Resource" {
        return None;
    }
    if (seen - target).saturating_mul(100).abs() <= target.saturating_mul(TOLERANCE_PERCENT) {
        return Some(present);
    }
    let product = present.saturating_mul(seen);
    Some(product.div_euclid(target) + i64::from(product.rem_euclid(target) != 0))
}
