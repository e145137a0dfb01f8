#![doc = include_str!("rollout_blocked_no_surge_capacity.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The update may not remove an old Pod and finds no room for a new one.
#[derive(Debug)]
pub(crate) struct RolloutBlockedNoSurgeCapacity;

static META: Meta = Meta {
    id: CheckId::new("workload/rollout-blocked-no-surge-capacity"),
    kind: FindingKind::Workload(WorkloadFinding::RolloutBlockedNoSurgeCapacity),
    needs: sources::WORKLOADS,
    advice: &[
        "Give the rollout room: nodes, smaller requests, or maxUnavailable 1 for the time of the update.",
    ],
    casebook: include_str!("rollout_blocked_no_surge_capacity.md"),
};

impl Check for RolloutBlockedNoSurgeCapacity {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let has_old = rollout.active_old_pods().next().is_some();
            if rollout.max_unavailable() > 0 || !has_old || rollout.is_held_by_strategy() {
                continue;
            }
            let mut pending = rollout.active_new_pods().filter(|pod| {
                pod.node.is_empty()
                    && pod
                        .condition("PodScheduled")
                        .is_some_and(|known| known.reason == "Unschedulable")
            });
            let Some(pod) = pending.next() else { continue };
            let condition = pod.condition("PodScheduled");
            let subject = Subject::of(rollout.object.clone());
            let bound = cite::spec(&rollout.object, "maxUnavailable (rounded)", 0);
            let facts = condition.map(|known| cite::condition(&cite::pod(pod), known));
            report.found(subject, bound, facts);
        }
    }
}
