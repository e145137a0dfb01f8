//! Versions of StatefulSets and DaemonSets: ControllerRevisions.

use dogwatch_model::{
    Kind, ObjectRef, Snapshot,
    snapshot::{ControllerRevision, DaemonSet, Meta, Pod, StatefulSet},
};

use super::{
    Counters, Rollout, Version, Workload, ordinal, pods_by_selector, revision_hash, was_read,
};

const HASH_LABEL: &str = "controller-revision-hash";

pub(super) fn stateful_set<'a>(snapshot: &'a Snapshot, item: &'a StatefulSet) -> Rollout<'a> {
    let workload = Workload::StatefulSet(item);
    let update = item.status.update_revision.to_string();
    let mut pods = owned_pods(snapshot, workload);
    pods.sort_by_key(|pod| ordinal(pod));
    let (new_pods, old_pods) = split(pods, (!update.is_empty()).then_some(&*update));
    Rollout {
        workload,
        object: ObjectRef::of(Kind::StatefulSet, &item.meta),
        desired: item.spec.replicas.unwrap_or(1),
        observed_generation: item.status.observed_generation,
        counters: Counters {
            total: item.status.replicas,
            updated: item.status.updated_replicas,
            ready: item.status.ready_replicas,
            available: item.status.available_replicas,
        },
        version: Version {
            current_revision: item.status.current_revision.to_string(),
            is_proven: !update.is_empty(),
            update_revision: update,
            ..Version::default()
        },
        new_pods,
        old_pods,
    }
}

pub(super) fn daemon_set<'a>(snapshot: &'a Snapshot, item: &'a DaemonSet) -> Rollout<'a> {
    let workload = Workload::DaemonSet(item);
    let revisions = revisions_of(snapshot, &item.meta);
    let wanted = item.spec.template.fingerprint;
    // Rule N1: the revision that holds the present template; while the controller has not written
    // it yet, the newest one.
    let update = revisions
        .iter()
        .find(|revision| wanted != 0 && revision.template.fingerprint == wanted)
        .or_else(|| revisions.last());
    let update_hash = update.map(|revision| revision_hash(revision).to_owned());
    let current = revisions
        .iter()
        .rev()
        .map(|revision| revision_hash(revision))
        .find(|hash| Some(*hash) != update_hash.as_deref());
    let current_revision = current
        .or(update_hash.as_deref())
        .unwrap_or_default()
        .to_owned();
    let (new_pods, old_pods) = split(owned_pods(snapshot, workload), update_hash.as_deref());
    Rollout {
        workload,
        object: ObjectRef::of(Kind::DaemonSet, &item.meta),
        desired: item.status.desired_number_scheduled,
        observed_generation: item.status.observed_generation,
        counters: Counters {
            total: item.status.current_number_scheduled,
            updated: item.status.updated_number_scheduled,
            ready: item.status.number_ready,
            available: item.status.number_available,
        },
        version: Version {
            is_proven: update_hash.is_some(),
            current_revision,
            update_revision: update_hash.unwrap_or_default(),
            ..Version::default()
        },
        new_pods,
        old_pods,
    }
}

fn owned_pods<'a>(snapshot: &'a Snapshot, workload: Workload<'a>) -> Vec<&'a Pod> {
    let uid = &workload.meta().uid;
    let owned: Vec<&Pod> = snapshot.pods_of(uid).collect();
    if owned.is_empty() && uid.is_empty() {
        pods_by_selector(snapshot, workload)
    } else {
        owned
    }
}

/// Pods of the given revision, and the others. Without a revision all count as new.
fn split<'a>(pods: Vec<&'a Pod>, hash: Option<&str>) -> (Vec<&'a Pod>, Vec<&'a Pod>) {
    let Some(hash) = hash else {
        return (pods, Vec::new());
    };
    pods.into_iter().partition(|pod| {
        pod.meta
            .labels
            .get(HASH_LABEL)
            .is_none_or(|label| label == hash)
    })
}

/// Revisions of one owner, oldest first.
fn revisions_of<'a>(snapshot: &'a Snapshot, holder: &Meta) -> Vec<&'a ControllerRevision> {
    if !was_read(snapshot, Kind::ControllerRevision, &holder.namespace) {
        return Vec::new();
    }
    let mut owned: Vec<&ControllerRevision> = snapshot
        .revisions
        .iter()
        .filter(|revision| revision.meta.is_controlled_by(&holder.uid))
        .collect();
    owned.sort_by(|one, other| {
        (one.revision, &one.meta.name).cmp(&(other.revision, &other.meta.name))
    });
    owned
}
