#![doc = include_str!("rollout_incomplete.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, Severity, WorkloadFinding};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::{self, Rollout},
    view::View,
};

/// The rollout is not finished.
#[derive(Debug)]
pub(crate) struct RolloutIncomplete;

static META: Meta = Meta {
    id: CheckId::new("workload/rollout-incomplete"),
    kind: FindingKind::Workload(WorkloadFinding::RolloutIncomplete),
    needs: sources::WORKLOADS,
    advice: &["Look at the first failing layer of the funnel."],
    casebook: include_str!("rollout_incomplete.md"),
};

impl Check for RolloutIncomplete {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in view
            .rollouts
            .iter()
            .filter(|rollout| is_incomplete(rollout))
        {
            let updated = rollout.counters.updated;
            let subject = Subject::of(rollout.object.clone())
                .detail(format!("{updated} of {} updated", rollout.desired));
            let subject = if is_moving(view, rollout) {
                subject.severity(Severity::Info)
            } else {
                subject
            };
            let fact = cite::status(
                &rollout.object,
                "status.updatedReplicas",
                format!("{updated} of {}", rollout.desired),
            );
            let progressing = rollout.condition("Progressing");
            let said = progressing.map(|known| cite::condition(&rollout.object, known));
            report.found(subject, fact, said);
        }
    }
}

/// A rollout that moved within this time is under way, not blocked.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

fn is_incomplete(rollout: &Rollout<'_>) -> bool {
    rollout.is_observed()
        && !rollout.is_paused()
        && !rollout.is_held_by_strategy()
        && !rollout.was_complete()
        && (rollout.counters.updated < rollout.new_target().max(minimum(rollout))
            || rollout.counters.available < rollout.desired)
}

fn minimum(rollout: &Rollout<'_>) -> i64 {
    if rollout.version.new_rs.is_some() {
        rollout.desired
    } else {
        0
    }
}

/// A Deployment says itself when it moved; the other kinds have no such word, and are given time
/// after their creation. A new Pod that comes up shows it for all of them.
fn is_moving(view: &View<'_>, rollout: &Rollout<'_>) -> bool {
    let mut pods = rollout.active_new_pods();
    if pods.any(|pod| rollout::is_coming_up(pod, view.now())) {
        return true;
    }
    let moved = if rollout.object.kind == Kind::Deployment {
        let progressing = rollout
            .condition("Progressing")
            .filter(|known| known.is_true());
        progressing.and_then(|known| known.updated.or(known.since))
    } else {
        rollout.meta().created
    };
    moved.is_some_and(|at| view.now().duration_since(at) < PATIENCE)
}
