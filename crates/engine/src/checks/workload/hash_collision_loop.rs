#![doc = include_str!("hash_collision_loop.md")]

use dogwatch_model::{CheckId, Evidence, FindingKind, Kind, WorkloadFinding, snapshot::ReplicaSet};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::{Rollout, Workload},
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
                squatters(view, rollout),
            );
        }
    }
}

/// The name of a ReplicaSet is that of its Deployment and a hash.
fn is_hash(suffix: Option<&str>) -> bool {
    suffix.is_some_and(|hash| !hash.is_empty() && !hash.contains('-'))
}

/// ReplicaSets that have a name of this Deployment and another owner, or none.
fn squatters(view: &View<'_>, rollout: &Rollout<'_>) -> Vec<Evidence> {
    let meta = rollout.meta();
    let prefix = format!("{}-", meta.name);
    let foreign = view.snapshot.replica_sets.iter().filter(|set| {
        set.meta.namespace == meta.namespace
            && is_hash(set.meta.name.strip_prefix(&*prefix))
            && !set.meta.is_controlled_by(&meta.uid)
    });
    let owner = |set: &ReplicaSet| {
        let controller = set.meta.controller();
        controller.map_or("nobody".to_owned(), |owner| {
            format!("{}/{}", owner.kind, owner.name)
        })
    };
    foreign
        .map(|set| {
            let object = cite::object(Kind::ReplicaSet, &set.meta);
            cite::status(
                &object,
                &format!("{} is owned by", set.meta.name),
                owner(set),
            )
        })
        .collect()
}
