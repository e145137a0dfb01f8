//! The rollout funnel: layer by layer from the spec to ready endpoints.

use dogwatch_model::{
    Kind, Snapshot, Source,
    snapshot::{ContainerStatus, Pod},
};
use serde::Serialize;

use super::{Rollout, Workload, is_available};

/// Verdict of one layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LayerStatus {
    /// As many as expected.
    Pass,
    /// Fewer than expected.
    Fail,
    /// Fewer, because the rolling update still keeps enough old Pods.
    Held,
    /// Fewer, because the new Pods that exist must become ready first.
    Waiting,
    /// The objects were not read.
    Unknown,
}

/// One layer of the funnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// Name of the layer.
    pub layer: &'static str,
    /// Wanted.
    pub expected: i64,
    /// Seen.
    pub actual: i64,
    /// Verdict.
    pub status: LayerStatus,
    /// Why a layer is held or waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// All layers, in order.
pub type Funnel = Vec<Layer>;

fn layer(name: &'static str, expected: i64, actual: i64) -> Layer {
    let status = if actual >= expected {
        LayerStatus::Pass
    } else {
        LayerStatus::Fail
    };
    Layer {
        layer: name,
        expected,
        actual,
        status,
        reason: None,
    }
}

/// Computes the funnel of one rollout.
pub fn funnel(snapshot: &Snapshot, rollout: &Rollout<'_>) -> Funnel {
    let mut layers = Vec::with_capacity(18);
    let observed = rollout.observed_generation.unwrap_or(0);
    layers.push(layer(
        "control_plane_observed",
        rollout.meta().generation,
        observed,
    ));
    layers.push(layer(
        "version_created",
        1,
        i64::from(rollout.has_new_version()),
    ));
    layers.push(layer(
        "workload_current",
        rollout.desired,
        rollout.counters.total,
    ));
    layers.extend(replica_set_layers(rollout));
    layers.extend(pod_layers(snapshot, rollout));
    let updated_target = rollout.new_target().max(match rollout.workload {
        Workload::Deployment(_) => rollout.desired,
        Workload::StatefulSet(_) | Workload::DaemonSet(_) => 0,
    });
    let held = rollout.is_held_by_strategy();
    let updated = if held { 0 } else { updated_target };
    layers.push(layer("workload_updated", updated, rollout.counters.updated));
    layers.push(layer(
        "workload_ready",
        rollout.desired,
        rollout.counters.ready,
    ));
    layers.push(layer(
        "workload_available",
        rollout.desired,
        rollout.counters.available,
    ));
    layers.push(old_pods_layer(snapshot, rollout));
    layers.extend(endpoints_layer(snapshot, rollout));
    layers
}

/// Deployments only: what the new ReplicaSet was asked for, and what it has.
fn replica_set_layers(rollout: &Rollout<'_>) -> Vec<Layer> {
    let Some(new_rs) = rollout.version.new_rs else {
        return Vec::new();
    };
    let asked = new_rs.desired();
    let mut desired = layer("new_rs_desired", rollout.desired, asked);
    if desired.status == LayerStatus::Fail {
        let counters = rollout.counters;
        if counters.ready >= rollout.desired || counters.available >= rollout.desired {
            desired.status = LayerStatus::Held;
            desired.reason = Some("rolling_update_capacity_guard");
        } else if counters.updated == asked {
            desired.status = LayerStatus::Waiting;
            desired.reason = Some("waiting_for_new_pods");
        }
    }
    vec![
        desired,
        layer("new_rs_created", asked, new_rs.status.replicas),
    ]
}

/// One layer per stage of a Pod's start, counted over the Pods of the new version.
fn pod_layers(snapshot: &Snapshot, rollout: &Rollout<'_>) -> Vec<Layer> {
    type Stage = (&'static str, fn(&Pod) -> bool);
    const STAGES: &[Stage] = &[
        ("new_pods_scheduled", |pod| !pod.node.is_empty()),
        ("new_pods_sandbox_volumes", has_sandbox),
        ("new_pods_images", has_images),
        ("new_pods_initialized", is_initialized),
        ("new_pods_started", has_started),
        ("new_pods_startup", passed_startup),
        ("new_pods_ready", Pod::is_ready),
    ];
    let target = rollout.new_target();
    let pods: Vec<&Pod> = rollout.active_new_pods().collect();
    let was_read = snapshot.ledger.has(Source::Objects(Kind::Pod)) || !pods.is_empty();
    let count = |test: &dyn Fn(&Pod) -> bool| {
        i64::try_from(pods.iter().filter(|pod| test(pod)).count()).unwrap_or(i64::MAX)
    };
    let available = |pod: &Pod| {
        is_available(
            pod,
            rollout.workload.min_ready_seconds(),
            snapshot.captured_at,
        )
    };
    let mut layers: Vec<Layer> = STAGES
        .iter()
        .map(|(name, test)| layer(name, target, count(test)))
        .collect();
    layers.push(layer("new_pods_available", target, count(&available)));
    if !was_read {
        for unread in &mut layers {
            unread.status = LayerStatus::Unknown;
        }
    }
    layers
}

fn has_sandbox(pod: &Pod) -> bool {
    let reported = pod.condition("PodReadyToStartContainers");
    let anything_ran = pod.container_statuses().any(|status| {
        status.state.running.is_some()
            || status.last_end().is_some()
            || status.waiting_reason().is_some_and(|reason| {
                !matches!(reason, "ContainerCreating" | "PodInitializing" | "")
            })
    });
    anything_ran || reported.is_some_and(dogwatch_model::snapshot::Condition::is_true)
}

fn has_images(pod: &Pod) -> bool {
    has_sandbox(pod)
        && pod.container_statuses().all(|status| {
            !status
                .waiting_reason()
                .is_some_and(crate::reading::is_pull_reason)
        })
}

fn is_initialized(pod: &Pod) -> bool {
    match pod.condition("Initialized") {
        Some(condition) => condition.is_true(),
        None => pod.status.init_container_statuses.iter().all(|status| {
            status.state.running.is_some()
                || status
                    .state
                    .terminated
                    .as_ref()
                    .is_some_and(|end| end.exit_code == 0)
        }),
    }
}

fn has_started(pod: &Pod) -> bool {
    pod.is_running() || pod.is_ready()
}

fn passed_startup(pod: &Pod) -> bool {
    let passed = |status: &ContainerStatus| status.started != Some(false);
    has_started(pod) && pod.status.container_statuses.iter().all(passed)
}

/// Old Pods still there; the partition or `OnDelete` may keep them on purpose.
fn old_pods_layer(snapshot: &Snapshot, rollout: &Rollout<'_>) -> Layer {
    let left = rollout
        .old_pods
        .iter()
        .filter(|pod| !pod.is_finished())
        .count();
    let left = i64::try_from(left).unwrap_or(i64::MAX);
    let held = rollout.is_held_by_strategy();
    let status = match (left, held) {
        (0, _) if !snapshot.ledger.has(Source::Objects(Kind::Pod)) => LayerStatus::Unknown,
        (0, _) => LayerStatus::Pass,
        (_, true) => LayerStatus::Held,
        (_, false) => LayerStatus::Fail,
    };
    let reason = held.then_some("update_strategy");
    Layer {
        layer: "old_pods_removed",
        expected: 0,
        actual: left,
        status,
        reason,
    }
}

/// Ready endpoints of the Services that select the new Pods, when those were read.
fn endpoints_layer(snapshot: &Snapshot, rollout: &Rollout<'_>) -> Option<Layer> {
    let labels = &rollout.workload.template().labels;
    let namespace = &rollout.meta().namespace;
    let is_selected = snapshot.services.iter().any(|service| {
        service.meta.namespace == *namespace
            && !service.spec.selector.is_empty()
            && service
                .spec
                .selector
                .iter()
                .all(|(key, value)| labels.get(key) == Some(value))
    });
    if !is_selected || !snapshot.ledger.has(Source::Objects(Kind::EndpointSlice)) {
        return None;
    }
    let is_serving = |pod: &Pod| {
        snapshot.endpoint_slices.iter().any(|slice| {
            slice.meta.namespace == *namespace
                && slice.endpoints.iter().any(|endpoint| {
                    endpoint.target_ref.uid == pod.meta.uid
                        && endpoint.conditions.ready != Some(false)
                })
        })
    };
    let serving = rollout
        .active_new_pods()
        .filter(|pod| is_serving(pod))
        .count();
    let serving = i64::try_from(serving).unwrap_or(i64::MAX);
    Some(layer("endpoints_ready", rollout.new_target(), serving))
}
