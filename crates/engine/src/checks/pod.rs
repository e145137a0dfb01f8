//! Checks of the domain `pod`.

pub(super) mod duplicate_static_pod;
pub(super) mod hostname_subdomain_invalid;
pub(super) mod kubelet_admission_reject;
pub(super) mod nodename_nonexistent;
pub(super) mod pod_api_evicted;
pub(super) mod pod_assigned_not_started;
pub(super) mod pod_deadline_exceeded;
pub(super) mod pod_dns_config_limits;
pub(super) mod pod_evicted_ephemeral_limit;
pub(super) mod pod_evicted_node_pressure;
pub(super) mod pod_gc_orphan;
pub(super) mod pod_no_scheduler;
pub(super) mod pod_node_shutdown;
pub(super) mod pod_not_ready;
pub(super) mod pod_pending_unscheduled;
pub(super) mod pod_preempted;
pub(super) mod pod_readiness_gate;
pub(super) mod pod_rejected_node_condition;
pub(super) mod pod_resize_pending;
pub(super) mod pod_scheduling_gated;
pub(super) mod pod_stuck_terminating;
pub(super) mod pod_taint_evicted;
pub(super) mod pod_unknown_node_lost;
pub(super) mod sidecar_blocks_job;

use dogwatch_model::{
    Severity,
    snapshot::{Condition, ContainerStatus, Pod, PodStatus},
};
use jiff::Timestamp;

use crate::{
    check::{Report, Subject},
    cite,
    view::{Suspect, View},
};

/// Reports Pods that failed as a whole; `detail` tells whether it was for this reason.
fn report_failed(
    view: &View<'_>,
    report: &mut Report<'_>,
    detail: impl Fn(&PodStatus) -> Option<String>,
) {
    for suspect in &view.suspects {
        let status = &suspect.pod.status;
        let detail = (status.phase == "Failed").then(|| detail(status)).flatten();
        let Some(detail) = detail else { continue };
        let subject = subject(view, suspect)
            .detail(detail)
            .since(failed_since(suspect.pod));
        let state = format!("{}/{}: {}", status.phase, status.reason, status.message);
        let facts = disruption(suspect.pod).map(|known| cite::condition(&suspect.object, known));
        report.found(
            subject,
            cite::status(&suspect.object, "status.phase", state),
            facts,
        );
    }
}

/// When the Pod failed, as far as its conditions or containers tell.
fn failed_since(pod: &Pod) -> Option<Timestamp> {
    let unready = pod.condition("Ready").filter(|known| !known.is_true());
    let condition = disruption(pod).or(unready);
    let ended = || {
        let ends = pod
            .container_statuses()
            .filter_map(ContainerStatus::last_end);
        ends.filter_map(|end| end.finished_at).max()
    };
    condition.and_then(|known| known.since).or_else(ended)
}

/// Reports Pods that were taken away for a reason, with the Events that say so.
fn report_disrupted(
    view: &View<'_>,
    report: &mut Report<'_>,
    reason: &str,
    event_reasons: &[&str],
) {
    for suspect in &view.suspects {
        let Some(condition) = disruption(suspect.pod).filter(|known| known.reason == reason) else {
            continue;
        };
        let events = view
            .pod_events(suspect.pod)
            .filter(|event| event_reasons.contains(&&*event.reason));
        report.found(
            subject(view, suspect).since(condition.since),
            cite::condition(&suspect.object, condition),
            events.last().map(cite::event),
        );
    }
}

fn disruption(pod: &Pod) -> Option<&Condition> {
    pod.condition("DisruptionTarget")
        .filter(|known| known.is_true())
}

/// What happened to one Pod is history once its workload has all it wants again.
fn subject(view: &View<'_>, suspect: &Suspect<'_>) -> Subject {
    let subject = Subject::of(suspect.object.clone());
    let is_over = suspect.rollout.is_some_and(|index| {
        let rollout = &view.rollouts[index];
        rollout.desired > 0
            && rollout.counters.updated >= rollout.desired
            && rollout.counters.available >= rollout.desired
    });
    if is_over {
        subject.severity(Severity::Info)
    } else {
        subject
    }
}
