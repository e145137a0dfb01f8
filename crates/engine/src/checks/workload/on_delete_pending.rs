#![doc = include_str!("on_delete_pending.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The update waits until somebody deletes the old Pods.
#[derive(Debug)]
pub(crate) struct OnDeletePending;

static META: Meta = Meta {
    id: CheckId::new("workload/on-delete-pending"),
    kind: FindingKind::Workload(WorkloadFinding::OnDeletePending),
    needs: sources::WORKLOADS,
    advice: &["Delete the old Pods one by one when you want the new version."],
    casebook: include_str!("on_delete_pending.md"),
};

impl Check for OnDeletePending {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in view
            .rollouts
            .iter()
            .filter(|rollout| rollout.workload.is_on_delete())
        {
            let old: Vec<_> = rollout.active_old_pods().collect();
            let Some(first) = old.first() else { continue };
            let subject =
                Subject::of(rollout.object.clone()).detail(format!("old Pods: {}", old.len()));
            let hash = first
                .meta
                .labels
                .get("controller-revision-hash")
                .unwrap_or_default();
            report.found(
                subject,
                cite::spec(&rollout.object, "spec.updateStrategy.type", "OnDelete"),
                [cite::status(
                    &cite::pod(first),
                    "metadata.labels.controller-revision-hash",
                    hash,
                )],
            );
        }
    }
}
