#![doc = include_str!("sts_broken_revision_trap.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::{Workload, was_never_ready},
    view::View,
};

/// A Pod of a broken revision holds up the corrected one.
#[derive(Debug)]
pub(crate) struct StsBrokenRevisionTrap;

static META: Meta = Meta {
    id: CheckId::new("workload/sts-broken-revision-trap"),
    kind: FindingKind::Workload(WorkloadFinding::StsBrokenRevisionTrap),
    needs: sources::WORKLOADS,
    advice: &[
        "Delete that Pod after the template was corrected: the controller waits for it and will not replace it.",
    ],
    casebook: include_str!("sts_broken_revision_trap.md"),
};

impl Check for StsBrokenRevisionTrap {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let Workload::StatefulSet(item) = rollout.workload else {
                continue;
            };
            if !rollout.is_ordered() || rollout.workload.is_on_delete() {
                continue;
            }
            let Some(pod) = rollout.blocking_ordinal(view.now()) else {
                continue;
            };
            let Some(hash) = pod.meta.labels.get("controller-revision-hash") else {
                continue;
            };
            let status = &item.status;
            // The first revision of all is the current one even when it never worked.
            let is_broken = status.current_revision != hash || was_never_ready(pod);
            if status.update_revision.is_empty() || status.update_revision == hash || !is_broken {
                continue;
            }
            let ready = pod
                .condition("Ready")
                .map(|known| cite::condition(&cite::pod(pod), known));
            let object = cite::pod(pod);
            let subject =
                Subject::of(rollout.object.clone()).detail(format!("Pod {}", pod.meta.name));
            report.found(
                subject,
                cite::status(&object, "metadata.labels.controller-revision-hash", hash),
                [cite::status(
                    &rollout.object,
                    "status.updateRevision",
                    &status.update_revision,
                )]
                .into_iter()
                .chain(ready),
            );
        }
    }
}
