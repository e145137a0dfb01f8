#![doc = include_str!("ds_failed_pods.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    rollout::Workload,
    view::{View, is_within},
};

/// Pods of a DaemonSet fail as a whole and are made again.
#[derive(Debug)]
pub(crate) struct DaemonPodsFail;

static META: Meta = Meta {
    id: CheckId::new("workload/ds-failed-pods"),
    kind: FindingKind::Workload(WorkloadFinding::DaemonPodsFail),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &["Look at why the Pod failed: evicted by its node, or refused by the kubelet."],
    casebook: include_str!("ds_failed_pods.md"),
};

impl Check for DaemonPodsFail {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let Workload::DaemonSet(set) = rollout.workload else {
                continue;
            };
            let is_recent = |at| is_within(view.now(), at, notes::RECENT);
            let event = notes::newest(view, &set.meta, &["FailedDaemonPod"])
                .filter(|event| event.last_seen.is_some_and(is_recent));
            // A Pod that was replaced and is well is history.
            let Some(event) = event.filter(|_| set.status.number_unavailable > 0) else {
                continue;
            };
            let missing = cite::status(
                &rollout.object,
                "status.numberUnavailable",
                set.status.number_unavailable,
            );
            let subject = Subject::of(rollout.object.clone()).since(event.first_seen);
            report.found(subject, cite::event(event), [missing]);
        }
    }
}
