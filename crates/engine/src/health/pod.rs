//! Health of Pods.

use dogwatch_model::snapshot::{ContainerStatus, Pod};
use jiff::{SignedDuration, Timestamp};

use super::{Health, HealthWord, of_meta};

/// A scheduler that finds no node gets this long before the Pod counts as failed.
const SCHEDULE_WINDOW: SignedDuration = SignedDuration::from_secs(15);

/// The state of a Pod at a time of the cluster.
pub fn of_pod(pod: &Pod, now: Timestamp) -> Health {
    if let Some(early) = of_meta(&pod.meta) {
        return early;
    }
    match &*pod.status.phase {
        "Succeeded" => Health::current("PodSucceeded"),
        "Failed" => Health::failed("PodFailed"),
        "Running" if pod.is_ready() => Health::current("PodReady"),
        "Running" | "Pending" => of_waiting(pod, now),
        _ => Health::new(HealthWord::Unknown, "PodPhaseUnknown"),
    }
}

fn of_waiting(pod: &Pod, now: Timestamp) -> Health {
    let reasons = || {
        pod.container_statuses()
            .filter_map(ContainerStatus::waiting_reason)
    };
    if reasons().any(|reason| reason == "CrashLoopBackOff") {
        return Health::failed("ContainerCrashLooping");
    }
    if reasons().any(is_error) {
        return Health::failed("ContainerWaiting");
    }
    let is_unschedulable = pod
        .condition("PodScheduled")
        .is_some_and(|known| known.status == "False" && known.reason == "Unschedulable");
    let is_late = pod
        .meta
        .created
        .is_none_or(|created| now.duration_since(created) > SCHEDULE_WINDOW);
    match (is_unschedulable, &*pod.status.phase) {
        (true, _) if is_late => Health::failed("PodUnschedulable"),
        (true, _) => Health::in_progress("PodNotScheduled"),
        (false, "Running") => Health::in_progress("PodRunningNotReady"),
        (false, _) => Health::in_progress("PodPending"),
    }
}

/// Reasons for which a container waits that are no step of a normal start.
fn is_error(reason: &str) -> bool {
    reason.starts_with("Err") || reason.ends_with("Error") || reason.ends_with("BackOff")
}
