//! What the Pods of a workload tell: order, availability, and whose they are.

use dogwatch_model::{
    Snapshot,
    snapshot::{ContainerStatus, Pod},
};
use jiff::{SignedDuration, Timestamp};

use super::Workload;

/// Kubelet and API server need a moment after the grace period.
const DELETION_PATIENCE: SignedDuration = SignedDuration::from_secs(60);

/// True for a Pod whose deletion is overdue.
pub(crate) fn is_stuck_terminating(pod: &Pod, now: Timestamp) -> bool {
    pod.meta
        .deletion
        .is_some_and(|until| now.duration_since(until) > DELETION_PATIENCE)
}

/// True for a Pod that its controller replaces without waiting longer than planned.
pub(super) fn is_leaving(pod: &Pod, now: Timestamp) -> bool {
    pod.is_finished() || pod.meta.is_terminating() && !is_stuck_terminating(pod, now)
}

/// A new Pod may take so long without anything being wrong.
const COMING_UP: SignedDuration = SignedDuration::from_secs(60);

/// True for a young Pod on a node whose containers are still to become ready, and of which none failed
/// so far. Where all of them are ready, it is something else that keeps the Pod back.
pub(crate) fn is_coming_up(pod: &Pod, now: Timestamp) -> bool {
    let begun = pod.status.start_time.or(pod.meta.created);
    let is_young = begun.is_some_and(|at| now.duration_since(at) < COMING_UP);
    let is_meant = !pod.node.is_empty() && !pod.is_finished() && !pod.meta.is_terminating();
    let statuses = &pod.status.container_statuses;
    let is_open = statuses.is_empty() || statuses.iter().any(|status| !status.ready);
    is_young && is_meant && is_open && pod.container_statuses().all(has_not_failed)
}

fn has_not_failed(status: &ContainerStatus) -> bool {
    let waiting = status.state.waiting.as_ref();
    let reason = waiting.map_or("", |waiting| &*waiting.reason);
    let ended = status.state.terminated.as_ref();
    status.restart_count == 0
        && matches!(reason, "" | "ContainerCreating" | "PodInitializing")
        && ended.is_none_or(|end| end.exit_code == 0)
}

/// True when the Pod has not been Ready since its start: the condition never changed.
pub(crate) fn was_never_ready(pod: &Pod) -> bool {
    const SETTLING: SignedDuration = SignedDuration::from_secs(5);
    let Some(ready) = pod.condition("Ready") else {
        return true;
    };
    let begun = pod.status.start_time.or(pod.meta.created);
    let unchanged = ready.since.zip(begun);
    !ready.is_true()
        && unchanged.is_some_and(|(since, begun)| since.duration_since(begun) <= SETTLING)
}

pub(super) fn active<'a, 'r>(pods: &'r [&'a Pod]) -> impl Iterator<Item = &'a Pod> + use<'a, 'r> {
    pods.iter()
        .copied()
        .filter(|pod| !pod.is_finished() && !pod.meta.is_terminating())
}

/// The ordinal of a StatefulSet's Pod.
pub(crate) fn ordinal(pod: &Pod) -> Option<i64> {
    pod.meta.name.rsplit_once('-')?.1.parse().ok()
}

/// True when a Pod was Ready for long enough (rule D13).
pub(crate) fn is_available(pod: &Pod, min_ready_seconds: i64, now: Timestamp) -> bool {
    if !pod.is_ready() {
        return false;
    }
    if min_ready_seconds <= 0 {
        return true;
    }
    let wait = SignedDuration::from_secs(min_ready_seconds);
    pod.condition("Ready")
        .and_then(|ready| ready.since)
        .is_some_and(|since| now.duration_since(since) >= wait)
}

/// Pods whose controller has none of the read versions: owned by name only, when the objects that
/// carry versions were not read.
pub(super) fn pods_by_selector<'a>(snapshot: &'a Snapshot, workload: Workload<'a>) -> Vec<&'a Pod> {
    let meta = workload.meta();
    let prefix = format!("{}-", meta.name);
    let is_owned = |pod: &&Pod| {
        pod.meta.namespace == meta.namespace
            && pod.meta.controller().is_some_and(|owner| {
                owner.uid == meta.uid && !meta.uid.is_empty()
                    || owner.name == meta.name && owner.kind == workload.kind().name()
                    || owner.kind == "ReplicaSet" && owner.name.starts_with(&prefix)
            })
    };
    let selector = workload.selector();
    snapshot
        .pods
        .iter()
        .filter(is_owned)
        .filter(|pod| selector.is_empty() || selector.matches(&pod.meta.labels))
        .collect()
}
