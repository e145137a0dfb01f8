#![doc = include_str!("sts_partition_hold.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::Workload,
    view::View,
};

/// A partition keeps Pods at the old revision.
#[derive(Debug)]
pub(crate) struct StsPartitionHold;

static META: Meta = Meta {
    id: CheckId::new("workload/sts-partition-hold"),
    kind: FindingKind::Workload(WorkloadFinding::StsPartitionHold),
    needs: sources::WORKLOADS,
    advice: &["Lower the partition to go on with the update."],
    casebook: include_str!("sts_partition_hold.md"),
};

impl Check for StsPartitionHold {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in view
            .rollouts
            .iter()
            .filter(|rollout| rollout.is_held_by_strategy())
        {
            let Workload::StatefulSet(item) = rollout.workload else {
                continue;
            };
            let partition = item.spec.update_strategy.rolling_update.partition;
            if partition <= 0 || rollout.workload.is_on_delete() {
                continue;
            }
            let subject =
                Subject::of(rollout.object.clone()).detail(format!("partition {partition}"));
            report.found(
                subject,
                cite::spec(
                    &rollout.object,
                    "spec.updateStrategy.rollingUpdate.partition",
                    partition,
                ),
                [cite::status(
                    &rollout.object,
                    "status.updatedReplicas",
                    rollout.counters.updated,
                )],
            );
        }
    }
}
