#![doc = include_str!("rollout_blocked_by_old_pods.md")]

use dogwatch_model::{CheckId, Evidence, FindingKind, WorkloadFinding, snapshot::Pod};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::{Rollout, is_stuck_terminating},
    view::View,
};

/// Old Pods do not go away.
#[derive(Debug)]
pub(crate) struct RolloutBlockedByOldPods;

static META: Meta = Meta {
    id: CheckId::new("workload/rollout-blocked-by-old-pods"),
    kind: FindingKind::Workload(WorkloadFinding::RolloutBlockedByOldPods),
    needs: sources::WORKLOADS,
    advice: &["Look at the old Pods: finalizers, a preStop hook, a lost node."],
    casebook: include_str!("rollout_blocked_by_old_pods.md"),
};

impl Check for RolloutBlockedByOldPods {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let stuck: Vec<_> = rollout
                .old_pods
                .iter()
                .filter(|pod| is_stuck_terminating(pod, view.now()))
                .collect();
            if stuck.is_empty() || !waits_for_old(rollout) || rollout.is_held_by_strategy() {
                continue;
            }
            let subject = Subject::of(rollout.object.clone())
                .detail(format!("old Pods terminating: {}", stuck.len()));
            report.found_all(subject, stuck.iter().flat_map(|pod| facts(pod)));
        }
    }
}

/// True when only the old Pods are left to go. `Recreate` makes no new Pod before.
fn waits_for_old(rollout: &Rollout<'_>) -> bool {
    let ready = rollout
        .active_new_pods()
        .filter(|pod| pod.is_ready())
        .count();
    rollout.workload.strategy() == "Recreate"
        || i64::try_from(ready).is_ok_and(|ready| ready >= rollout.desired)
}

fn facts(pod: &Pod) -> impl Iterator<Item = Evidence> {
    let object = cite::pod(pod);
    let due = pod
        .meta
        .deletion
        .map(|until| cite::status(&object, "metadata.deletionTimestamp", until));
    let finalizers = pod.meta.finalizers.joined(", ");
    let held =
        (!finalizers.is_empty()).then(|| cite::status(&object, "metadata.finalizers", finalizers));
    due.into_iter().chain(held)
}
