#![doc = include_str!("rollout_min_ready_wait.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::is_available,
    view::View,
};

/// Ready Pods wait for minReadySeconds.
#[derive(Debug)]
pub(crate) struct RolloutMinReadyWait;

static META: Meta = Meta {
    id: CheckId::new("workload/rollout-min-ready-wait"),
    kind: FindingKind::Workload(WorkloadFinding::RolloutMinReadyWait),
    needs: sources::WORKLOADS,
    advice: &["Wait: the Pods count as available when minReadySeconds have passed."],
    casebook: include_str!("rollout_min_ready_wait.md"),
};

impl Check for RolloutMinReadyWait {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let seconds = rollout.workload.min_ready_seconds();
            let mut waiting = rollout
                .active_new_pods()
                .filter(|pod| pod.is_ready() && !is_available(pod, seconds, view.now()));
            let Some(pod) = waiting.next() else { continue };
            let subject =
                Subject::of(rollout.object.clone()).detail(format!("minReadySeconds {seconds}"));
            let bound = cite::spec(&rollout.object, "spec.minReadySeconds", seconds);
            let ready = pod
                .condition("Ready")
                .map(|known| cite::condition(&cite::pod(pod), known));
            report.found(subject, bound, ready);
        }
    }
}
