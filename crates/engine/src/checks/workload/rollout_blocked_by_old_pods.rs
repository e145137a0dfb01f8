#![doc = include_str!("rollout_blocked_by_old_pods.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};
use jiff::{SignedDuration, Timestamp};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
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
                .filter(|pod| is_overdue(pod.meta.deletion, view.now()))
                .collect();
            let new_are_ready = rollout
                .active_new_pods()
                .filter(|pod| pod.is_ready())
                .count();
            let is_blocked =
                i64::try_from(new_are_ready).is_ok_and(|ready| ready >= rollout.desired);
            if stuck.is_empty() || !is_blocked || rollout.is_held_by_strategy() {
                continue;
            }
            let subject = Subject::of(rollout.object.clone())
                .detail(format!("{} old Pods terminating", stuck.len()));
            let facts = stuck.iter().filter_map(|pod| {
                let until = pod.meta.deletion?;
                Some(cite::status(
                    &cite::pod(pod),
                    "metadata.deletionTimestamp",
                    until,
                ))
            });
            report.found_all(subject, facts);
        }
    }
}

/// A Pod whose time to be gone passed longer ago than this is stuck.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

fn is_overdue(deletion: Option<Timestamp>, now: Timestamp) -> bool {
    deletion.is_some_and(|until| now.duration_since(until) > PATIENCE)
}
