//! Versions of a Deployment: its ReplicaSets.

use dogwatch_model::{
    Kind, ObjectRef, Snapshot,
    snapshot::{Deployment, Pod, ReplicaSet},
};

use super::{Counters, Rollout, Version, Workload, pods_by_selector, was_read};

pub(super) fn rollout<'a>(snapshot: &'a Snapshot, item: &'a Deployment) -> Rollout<'a> {
    let workload = Workload::Deployment(item);
    let owned = owned_replica_sets(snapshot, item);
    let version = version(snapshot, item, owned);
    let (new_pods, old_pods) = if version.is_proven {
        pods(snapshot, &version)
    } else {
        (pods_by_selector(snapshot, workload), Vec::new())
    };
    Rollout {
        workload,
        object: ObjectRef::of(Kind::Deployment, &item.meta),
        desired: item.spec.replicas.unwrap_or(1),
        observed_generation: item.status.observed_generation,
        counters: Counters {
            total: item.status.replicas,
            updated: item.status.updated_replicas,
            ready: item.status.ready_replicas,
            available: item.status.available_replicas,
        },
        version,
        new_pods,
        old_pods,
    }
}

/// Rule D1: matched by the selector and controlled by this incarnation; oldest first.
fn owned_replica_sets<'a>(snapshot: &'a Snapshot, item: &Deployment) -> Vec<&'a ReplicaSet> {
    let mut owned: Vec<&ReplicaSet> = snapshot
        .replica_sets_of(&item.meta.uid)
        .filter(|set| item.spec.selector.matches(&set.meta.labels))
        .collect();
    owned.sort_by(|one, other| {
        (one.meta.created, &one.meta.name).cmp(&(other.meta.created, &other.meta.name))
    });
    owned
}

/// Rule D2: the oldest owned ReplicaSet with an equal template is the new one.
fn version<'a>(snapshot: &Snapshot, item: &Deployment, owned: Vec<&'a ReplicaSet>) -> Version<'a> {
    if owned.is_empty() && !was_read(snapshot, Kind::ReplicaSet, &item.meta.namespace) {
        return Version::default();
    }
    let wanted = item.spec.template.fingerprint;
    let equal = owned
        .iter()
        .find(|set| set.spec.template.fingerprint == wanted);
    // Recordings that dropped the template leave only the revision numbers to go by.
    let by_revision = || {
        owned
            .iter()
            .max_by_key(|set| (set.revision(), set.meta.created))
    };
    let new_rs = if wanted == 0 {
        by_revision().copied()
    } else {
        equal.copied()
    };
    let mut old_rs: Vec<&ReplicaSet> = owned
        .into_iter()
        .filter(|set| new_rs.is_none_or(|new| new.meta.uid != set.meta.uid))
        .collect();
    old_rs.sort_by_key(|set| core::cmp::Reverse((set.revision(), set.meta.created)));
    Version {
        new_rs,
        old_rs,
        is_proven: true,
        ..Version::default()
    }
}

fn pods<'a>(snapshot: &'a Snapshot, version: &Version<'a>) -> (Vec<&'a Pod>, Vec<&'a Pod>) {
    let new = version
        .new_rs
        .map(|set| snapshot.pods_of(&set.meta.uid).collect());
    let old = version
        .old_rs
        .iter()
        .flat_map(|set| snapshot.pods_of(&set.meta.uid))
        .collect();
    (new.unwrap_or_default(), old)
}
