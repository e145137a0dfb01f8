#![doc = include_str!("rollback_revision_missing.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::Workload,
    view::View,
};

/// A rollback asked for a revision that is not there.
#[derive(Debug)]
pub(crate) struct RollbackRevisionMissing;

static META: Meta = Meta {
    id: CheckId::new("workload/rollback-revision-missing"),
    kind: FindingKind::Workload(WorkloadFinding::RollbackRevisionMissing),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &["List the revisions that are left; revisionHistoryLimit removes older ones."],
    casebook: include_str!("rollback_revision_missing.md"),
};

impl Check for RollbackRevisionMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            if !matches!(rollout.workload, Workload::Deployment(_)) {
                continue;
            }
            let newest = view
                .events_since(&rollout.meta().uid, rollout.meta().created)
                .last();
            // A later Event of the Deployment means that it went on.
            let Some(event) = newest else { continue };
            if event.reason != "DeploymentRollbackRevisionNotFound" {
                continue;
            }
            let subject = Subject::of(rollout.object.clone()).since(event.first_seen);
            report.found(subject, cite::event(event), None);
        }
    }
}
