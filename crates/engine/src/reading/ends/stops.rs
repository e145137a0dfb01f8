//! Who stopped a container: the kubelet, by a `Killing` Event, or the kernel of a full node.

use dogwatch_model::{
    Kind,
    snapshot::{ContainerStatus, Event, Pod, Terminated},
};
use jiff::SignedDuration;

use super::EndClass;
use crate::view::View;

/// Events and container times come from different clocks and from timers.
const NEAR: SignedDuration = SignedDuration::from_secs(60);

/// The kubelet kills within this time after the grace period ran out, and before it by as much.
const TIMER: SignedDuration = SignedDuration::from_secs(5);

/// True for SIGKILL and SIGTERM.
pub(super) fn is_killed(end: &Terminated) -> bool {
    matches!(end.exit_code, 137 | 143) || matches!(end.signal, 9 | 15)
}

/// The newest `Killing` Event that fits this end.
pub(super) fn killing_event<'a>(
    view: &View<'a>,
    pod: &'a Pod,
    status: &ContainerStatus,
    end: &Terminated,
) -> Option<&'a Event> {
    view.pod_events(pod)
        .filter(|event| event.reason == "Killing" && is_about(event, &status.name))
        .filter(|event| fits(event, end, pod.spec.grace_seconds()))
        .last()
}

/// True when a Pod's Event speaks of this container.
pub(crate) fn is_about(event: &Event, container: &str) -> bool {
    match event.container() {
        Some(name) => name == container,
        None => event.message.contains(container),
    }
}

/// True when the kubelet killed for a failed liveness or startup probe.
pub(crate) fn names_probe(killing: &Event) -> bool {
    killing.message.contains("failed liveness probe")
        || killing.message.contains("failed startup probe")
}

fn names_hook(killing: &Event) -> bool {
    killing.message.contains("PostStartHook")
}

/// A `Killing` Event belongs to an end when the end comes within the grace period after it. A
/// repeated Event covers everything between its first and last time; an end that no signal gives
/// must lie near its last time.
fn fits(event: &Event, end: &Terminated, grace_seconds: i64) -> bool {
    let is_usual = is_killed(end) || end.exit_code == 0;
    // A program that ended by itself takes its hook along, not the other way round.
    if !is_usual && names_hook(event) {
        return false;
    }
    let (Some(finished), Some(last)) = (end.finished_at, event.last_seen) else {
        return true;
    };
    let first = event.first_seen.filter(|_| is_usual).unwrap_or(last);
    let grace = SignedDuration::from_secs(grace_seconds) + NEAR;
    finished.duration_since(first) >= -NEAR && finished.duration_since(last) <= grace
}

/// What a fitting `Killing` Event says about the end.
pub(super) fn classify(pod: &Pod, end: &Terminated, killing: &Event) -> EndClass {
    if names_probe(killing) {
        EndClass::ProbeKill
    } else if names_hook(killing) {
        EndClass::HookKill
    } else if is_sigkill(end) && waited(pod, end, killing) {
        EndClass::GraceExpired
    } else {
        EndClass::Stopped
    }
}

fn is_sigkill(end: &Terminated) -> bool {
    end.exit_code == 137 || end.signal == 9
}

/// True when the end came as late as the grace period allows. An Event that was repeated after the
/// end does not tell.
fn waited(pod: &Pod, end: &Terminated, killing: &Event) -> bool {
    let (Some(finished), Some(asked)) = (end.finished_at, killing.last_seen) else {
        return true;
    };
    let waited = finished.duration_since(asked);
    let grace = SignedDuration::from_secs(pod.spec.grace_seconds());
    waited.is_negative() || waited >= grace - TIMER
}

/// The out-of-memory Event of the node near the end. Node Events of the kubelet carry the node's
/// name as UID or none. The kernel's word about a single cgroup is none about the node.
pub(super) fn node_out_of_memory<'a>(
    view: &View<'a>,
    pod: &Pod,
    end: &Terminated,
) -> Option<&'a Event> {
    let near = |event: &&Event| match (event.last_seen, end.finished_at) {
        (Some(seen), Some(finished)) => seen.duration_since(finished).abs() <= NEAR,
        _ => false,
    };
    view.snapshot
        .events
        .iter()
        .filter(|event| event.involved.kind == Kind::Node.name() && event.involved.name == pod.node)
        .filter(|event| {
            event.reason == "SystemOOM"
                || event.reason == "OOMKilling" && !event.message.contains("Memory cgroup")
        })
        .find(near)
}
