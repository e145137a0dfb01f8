#![doc = include_str!("sts_ordinal_blocked.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::{Workload, ordinal},
    view::View,
};

/// An ordered StatefulSet waits for one Pod.
#[derive(Debug)]
pub(crate) struct StsOrdinalBlocked;

static META: Meta = Meta {
    id: CheckId::new("workload/sts-ordinal-blocked"),
    kind: FindingKind::Workload(WorkloadFinding::StsOrdinalBlocked),
    needs: sources::WORKLOADS,
    advice: &["Repair the Pod that it waits for; every later ordinal waits with it."],
    casebook: include_str!("sts_ordinal_blocked.md"),
};

impl Check for StsOrdinalBlocked {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let Workload::StatefulSet(item) = rollout.workload else {
                continue;
            };
            let is_ordered = item.spec.pod_management_policy != "Parallel";
            let Some(pod) = rollout.blocking_ordinal(view.now()) else {
                continue;
            };
            let is_short = rollout.counters.total < rollout.desired;
            let is_updating = !rollout.old_pods.is_empty() && !rollout.is_held_by_strategy();
            if !(is_short && is_ordered || is_updating) || !rollout.is_observed() {
                continue;
            }
            let number = ordinal(pod).unwrap_or_default();
            let subject =
                Subject::of(rollout.object.clone()).detail(format!("waits for ordinal {number}"));
            let object = cite::pod(pod);
            let ready = pod
                .condition("Ready")
                .map(|known| cite::condition(&object, known));
            let counts = format!("{} of {}", rollout.counters.total, rollout.desired);
            report.found(
                subject,
                cite::status(&rollout.object, "status.replicas", counts),
                ready,
            );
        }
    }
}
