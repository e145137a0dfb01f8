#![doc = include_str!("rollout_deadline_exceeded.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The rollout made no progress within its deadline.
#[derive(Debug)]
pub(crate) struct RolloutDeadlineExceeded;

static META: Meta = Meta {
    id: CheckId::new("workload/rollout-deadline-exceeded"),
    kind: FindingKind::Workload(WorkloadFinding::RolloutDeadlineExceeded),
    needs: sources::WORKLOADS,
    advice: &[
        "The deadline is a symptom: look at the first failing layer of the funnel. The controller keeps trying and does not roll back by itself.",
    ],
    casebook: include_str!("rollout_deadline_exceeded.md"),
};

impl Check for RolloutDeadlineExceeded {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let exceeded = rollout.condition("Progressing").filter(|known| {
                known.status == "False" && known.reason == "ProgressDeadlineExceeded"
            });
            let Some(condition) = exceeded.filter(|_| rollout.is_observed()) else {
                continue;
            };
            let subject = Subject::of(rollout.object.clone()).since(condition.since);
            let updated = cite::status(
                &rollout.object,
                "status.updatedReplicas",
                format!("{} of {}", rollout.counters.updated, rollout.desired),
            );
            report.found(
                subject,
                cite::condition(&rollout.object, condition),
                [updated],
            );
        }
    }
}
