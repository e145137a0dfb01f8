#![doc = include_str!("hash_collision_loop.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::Workload,
    view::View,
};

/// A foreign object holds the name of the new ReplicaSet.
#[derive(Debug)]
pub(crate) struct HashCollisionLoop;

static META: Meta = Meta {
    id: CheckId::new("workload/hash-collision-loop"),
    kind: FindingKind::Workload(WorkloadFinding::HashCollisionLoop),
    needs: sources::WORKLOADS,
    advice: &[
        "Find the ReplicaSet with that name that this Deployment does not own, and have its owner remove it.",
    ],
    casebook: include_str!("hash_collision_loop.md"),
};

impl Check for HashCollisionLoop {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let Workload::Deployment(item) = rollout.workload else {
                continue;
            };
            let collisions = item.status.collision_count.unwrap_or(0);
            if collisions == 0 || rollout.has_new_version() || rollout.is_paused() {
                continue;
            }
            let subject = Subject::of(rollout.object.clone());
            report.found(
                subject,
                cite::status(&rollout.object, "status.collisionCount", collisions),
                None,
            );
        }
    }
}
