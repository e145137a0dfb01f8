#![doc = include_str!("ds_rollout_stuck.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding, snapshot::Pod};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::{Rollout, Workload, is_available},
    view::View,
};

/// The update of a DaemonSet does not go on.
#[derive(Debug)]
pub(crate) struct DsRolloutStuck;

static META: Meta = Meta {
    id: CheckId::new("workload/ds-rollout-stuck"),
    kind: FindingKind::Workload(WorkloadFinding::DsRolloutStuck),
    needs: sources::WORKLOADS,
    advice: &[
        "Look at the Pods that are not available: one on a dead node eats the budget of the update.",
    ],
    casebook: include_str!("ds_rollout_stuck.md"),
};

impl Check for DsRolloutStuck {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let Workload::DaemonSet(item) = rollout.workload else {
                continue;
            };
            let status = &item.status;
            let updated = status.updated_number_scheduled;
            let budget = rollout.max_unavailable();
            let is_stuck = updated < rollout.desired && status.number_unavailable >= budget;
            if !is_stuck || rollout.workload.is_on_delete() || !rollout.is_observed() {
                continue;
            }
            // During an update some Pod is always unavailable: only one that stays so holds it up.
            let pods = rollout.new_pods.iter().chain(&rollout.old_pods);
            let mut holding = pods.filter(|pod| holds_up(view, rollout, pod));
            let Some(pod) = holding.next() else { continue };
            let subject = Subject::of(rollout.object.clone())
                .detail(format!("{updated} of {} updated", rollout.desired));
            let counts = format!("{updated} of {}", rollout.desired);
            let missing = format!("{} with maxUnavailable {budget}", status.number_unavailable);
            let ready = pod
                .condition("Ready")
                .map(|known| cite::condition(&cite::pod(pod), known));
            let facts = [
                cite::status(&rollout.object, "status.updatedNumberScheduled", counts),
                cite::status(&rollout.object, "status.numberUnavailable", missing),
                cite::spec(&cite::pod(pod), "spec.nodeName", &pod.node),
            ];
            report.found_all(subject, facts.into_iter().chain(ready));
        }
    }
}

/// A Pod that is replaced and starts needs less time than this to become available.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

fn holds_up(view: &View<'_>, rollout: &Rollout<'_>, pod: &Pod) -> bool {
    let seconds = rollout.workload.min_ready_seconds();
    let since = pod
        .condition("Ready")
        .and_then(|ready| ready.since)
        .or(pod.begun());
    let waits = since.is_none_or(|at| view.now().duration_since(at) > PATIENCE);
    waits && !is_available(pod, seconds, view.now()) && !pod.is_finished()
}
