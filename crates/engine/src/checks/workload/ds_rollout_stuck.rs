#![doc = include_str!("ds_rollout_stuck.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::Workload,
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
            let updated = item.status.updated_number_scheduled;
            let budget = rollout.max_unavailable();
            let is_stuck = updated < rollout.desired && item.status.number_unavailable >= budget;
            if !is_stuck || rollout.workload.is_on_delete() || !rollout.is_observed() {
                continue;
            }
            let subject = Subject::of(rollout.object.clone())
                .detail(format!("{updated} of {} updated", rollout.desired));
            report.found(
                subject,
                cite::status(
                    &rollout.object,
                    "status.updatedNumberScheduled",
                    format!("{updated} of {}", rollout.desired),
                ),
                [cite::status(
                    &rollout.object,
                    "status.numberUnavailable",
                    format!(
                        "{} with maxUnavailable {budget}",
                        item.status.number_unavailable
                    ),
                )],
            );
        }
    }
}
