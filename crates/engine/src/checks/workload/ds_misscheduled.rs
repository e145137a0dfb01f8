#![doc = include_str!("ds_misscheduled.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::Workload,
    view::View,
};

/// Pods of a DaemonSet run where they should not.
#[derive(Debug)]
pub(crate) struct DsMisscheduled;

static META: Meta = Meta {
    id: CheckId::new("workload/ds-misscheduled"),
    kind: FindingKind::Workload(WorkloadFinding::DsMisscheduled),
    needs: sources::WORKLOADS,
    advice: &["Look at taints and labels of those nodes: they changed after the Pods were placed."],
    casebook: include_str!("ds_misscheduled.md"),
};

impl Check for DsMisscheduled {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let Workload::DaemonSet(item) = rollout.workload else {
                continue;
            };
            let count = item.status.number_misscheduled;
            if count <= 0 {
                continue;
            }
            let subject = Subject::of(rollout.object.clone()).detail(format!("Pods: {count}"));
            report.found(
                subject,
                cite::status(&rollout.object, "status.numberMisscheduled", count),
                None,
            );
        }
    }
}
