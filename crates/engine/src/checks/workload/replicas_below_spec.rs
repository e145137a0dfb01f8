#![doc = include_str!("replicas_below_spec.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, Severity, WorkloadFinding, snapshot::Pod};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::{self, Rollout},
    view::View,
};

/// A workload that was complete has fewer Pods than wanted.
#[derive(Debug)]
pub(crate) struct ReplicasBelowSpec;

static META: Meta = Meta {
    id: CheckId::new("workload/replicas-below-spec"),
    kind: FindingKind::Workload(WorkloadFinding::ReplicasBelowSpec),
    needs: sources::WORKLOADS,
    advice: &["Look at the Pods that are not available."],
    casebook: include_str!("replicas_below_spec.md"),
};

impl Check for ReplicasBelowSpec {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let missing = rollout.desired - rollout.counters.ready.min(available(rollout));
            if missing <= 0 || !rollout.was_complete() || !rollout.is_observed() {
                continue;
            }
            // Rows of different moments: the Pods themselves say that they are well.
            if rollout.is_partial() && has_only_ready(rollout) {
                continue;
            }
            let subject = Subject::of(rollout.object.clone())
                .detail(format!("{missing} of {} missing", rollout.desired));
            // While new Pods come up for all that are missing, it mends itself.
            let subject = if coming_up(view, rollout) >= missing {
                subject.severity(Severity::Info)
            } else {
                subject
            };
            let ready = format!("{} of {}", rollout.counters.ready, rollout.desired);
            let facts = [
                cite::status(&rollout.object, "status.readyReplicas", ready),
                cite::status(
                    &rollout.object,
                    "status.availableReplicas",
                    rollout.counters.available,
                ),
            ];
            let said = rollout
                .condition("Available")
                .filter(|known| !known.is_true());
            let said = said.map(|known| cite::condition(&rollout.object, known));
            report.found_all(subject, facts.into_iter().chain(said));
        }
    }
}

/// StatefulSets before 1.22 and some recordings do not report availability: ready counts then.
fn available(rollout: &Rollout<'_>) -> i64 {
    let counters = rollout.counters;
    let is_reported = counters.available > 0 || rollout.workload.min_ready_seconds() > 0;
    if is_reported || rollout.workload.kind() == Kind::Deployment {
        counters.available
    } else {
        counters.ready
    }
}

fn has_only_ready(rollout: &Rollout<'_>) -> bool {
    let mut pods = rollout.active_new_pods().peekable();
    pods.peek().is_some() && pods.all(Pod::is_ready)
}

fn coming_up(view: &View<'_>, rollout: &Rollout<'_>) -> i64 {
    let pods = rollout.active_new_pods();
    let young = pods.filter(|pod| rollout::is_coming_up(pod, view.now()));
    i64::try_from(young.count()).unwrap_or(i64::MAX)
}
