//! Which objects are the new version of a workload, and how far its rollout came.
//!
//! The rules follow the controllers: the new ReplicaSet is the oldest owned one whose template
//! equals the Deployment's; a StatefulSet's Pods carry the update revision; a DaemonSet's Pods carry
//! the hash of the ControllerRevision that holds the present template. Ownership is by UID.

mod deployment;
mod funnel;
mod pods;
mod revisions;
mod workload;

use dogwatch_model::{
    Kind, ObjectRef, Snapshot, Source,
    snapshot::{Condition, ControllerRevision, Meta, Pod, ReplicaSet, find_condition},
    wire::IntOrString,
};
use jiff::Timestamp;

pub use funnel::{Funnel, Layer, LayerStatus, funnel};
use pods::{active, is_leaving, pods_by_selector};
pub(crate) use pods::{is_available, is_coming_up, is_stuck_terminating, ordinal, was_never_ready};
pub use workload::Workload;

/// Replica counters of a workload's status; a missing counter is 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Pods of all versions.
    pub total: i64,
    /// Pods of the new version.
    pub updated: i64,
    /// Ready Pods of all versions.
    pub ready: i64,
    /// Available Pods of all versions.
    pub available: i64,
}

/// What the new version is, as far as it could be told.
#[derive(Debug, Clone, Default)]
pub struct Version<'a> {
    /// The ReplicaSet of the new version (Deployments).
    pub new_rs: Option<&'a ReplicaSet>,
    /// The other owned ReplicaSets, newest revision first (Deployments).
    pub old_rs: Vec<&'a ReplicaSet>,
    /// Revision that was complete last (StatefulSets), or the one before (DaemonSets).
    pub current_revision: String,
    /// Revision of the present template (StatefulSets and DaemonSets).
    pub update_revision: String,
    /// False when the objects that carry versions were not read: all owned Pods then count as new.
    pub is_proven: bool,
}

/// One workload with its versions and Pods.
#[derive(Debug, Clone)]
pub struct Rollout<'a> {
    /// The workload.
    pub workload: Workload<'a>,
    /// Reference to it.
    pub object: ObjectRef,
    /// Wanted Pods; for a DaemonSet the nodes that shall run one.
    pub desired: i64,
    /// The generation the controller has seen.
    pub observed_generation: Option<i64>,
    /// Counters of the status.
    pub counters: Counters,
    /// Versions.
    pub version: Version<'a>,
    /// Pods of the new version, finished and terminating ones included.
    pub new_pods: Vec<&'a Pod>,
    /// Pods of older versions.
    pub old_pods: Vec<&'a Pod>,
}

/// Every workload of a snapshot, sorted by kind, Namespace and name.
pub fn rollouts(snapshot: &Snapshot) -> Vec<Rollout<'_>> {
    let deployments = snapshot
        .deployments
        .iter()
        .map(|item| deployment::rollout(snapshot, item));
    let sets = snapshot
        .stateful_sets
        .iter()
        .map(|item| revisions::stateful_set(snapshot, item));
    let daemons = snapshot
        .daemon_sets
        .iter()
        .map(|item| revisions::daemon_set(snapshot, item));
    deployments.chain(sets).chain(daemons).collect()
}

impl<'a> Rollout<'a> {
    /// Metadata of the workload.
    pub fn meta(&self) -> &'a Meta {
        self.workload.meta()
    }

    /// The condition of one type.
    pub fn condition(&self, kind: &str) -> Option<&'a Condition> {
        find_condition(self.workload.conditions(), kind)
    }

    /// False while the controller has not seen the present spec. Generations start at 1: a recording
    /// without them says nothing against the controller.
    pub fn is_observed(&self) -> bool {
        self.observed_generation.unwrap_or(0) >= self.meta().generation
    }

    /// True for a Deployment whose template changes are held back.
    pub fn is_paused(&self) -> bool {
        matches!(self.workload, Workload::Deployment(item) if item.spec.paused)
    }

    /// True when the new version exists: always so for StatefulSets and DaemonSets.
    pub fn has_new_version(&self) -> bool {
        match self.workload {
            Workload::Deployment(_) => !self.version.is_proven || self.version.new_rs.is_some(),
            Workload::StatefulSet(_) | Workload::DaemonSet(_) => true,
        }
    }

    /// How many Pods of the new version shall exist now: what the new ReplicaSet was asked for, what
    /// the partition or `OnDelete` allows, else all.
    pub fn new_target(&self) -> i64 {
        match self.workload {
            Workload::Deployment(_) => self
                .version
                .new_rs
                .map_or(self.desired, ReplicaSet::desired),
            // As many as somebody has deleted so far.
            _ if self.workload.is_on_delete() && self.is_held_by_strategy() => {
                i64::try_from(self.active_new_pods().count()).unwrap_or(self.desired)
            }
            Workload::StatefulSet(item) => {
                let partition = item.spec.update_strategy.rolling_update.partition;
                (self.desired - partition.max(0)).max(0)
            }
            Workload::DaemonSet(_) => self.desired,
        }
    }

    /// Pods of the new version that are neither finished nor being deleted.
    pub fn active_new_pods(&self) -> impl Iterator<Item = &'a Pod> + '_ {
        active(&self.new_pods)
    }

    /// Pods of older versions that are neither finished nor being deleted.
    pub fn active_old_pods(&self) -> impl Iterator<Item = &'a Pod> + '_ {
        active(&self.old_pods)
    }

    /// True when a partition or `OnDelete` keeps Pods at the old version and nothing else does.
    pub fn is_held_by_strategy(&self) -> bool {
        if self.old_pods.is_empty() {
            return false;
        }
        match self.workload {
            Workload::Deployment(_) => false,
            Workload::DaemonSet(_) => self.workload.is_on_delete(),
            Workload::StatefulSet(item) => {
                let partition = item.spec.update_strategy.rolling_update.partition;
                let start = item.spec.ordinals.start;
                self.workload.is_on_delete()
                    || (partition > 0
                        && self.active_old_pods().all(|pod| {
                            ordinal(pod).is_some_and(|number| number - start < partition)
                        }))
            }
        }
    }

    /// True when the new version was fully rolled out at some time: what fails now failed later.
    pub fn was_complete(&self) -> bool {
        if self.is_partial() {
            return true;
        }
        match self.workload {
            Workload::Deployment(_) => self.condition("Progressing").is_some_and(|progressing| {
                progressing.is_true()
                    && progressing.reason == "NewReplicaSetAvailable"
                    && self.is_about_new_version(&progressing.message)
            }),
            // The first revision is current from the start, so the Pods have to tell.
            Workload::StatefulSet(item) => {
                let status = &item.status;
                !status.current_revision.is_empty()
                    && status.current_revision == status.update_revision
                    && status.replicas >= self.desired
                    && self.was_ever_ready()
            }
            Workload::DaemonSet(item) => {
                self.old_pods.is_empty()
                    && item.status.updated_number_scheduled >= self.desired
                    && self.was_ever_ready()
            }
        }
    }

    /// True when a recording dropped what versions are told by: generation and template. Only the
    /// counters can be judged then.
    pub fn is_partial(&self) -> bool {
        self.meta().generation == 0 && self.workload.template().fingerprint == 0
    }

    /// False when words of the Deployment controller name another ReplicaSet than the new one: after
    /// a rollback its condition is still that of the version before.
    fn is_about_new_version(&self, message: &str) -> bool {
        let named = message.strip_prefix("ReplicaSet \"");
        let named = named.and_then(|rest| rest.split('"').next());
        match (named, self.version.new_rs) {
            (Some(named), Some(new_rs)) => new_rs.meta.name == named,
            (_, None) => !self.version.is_proven,
            (None, Some(_)) => true,
        }
    }

    /// False when Pods of the new version exist and not one of them was ever Ready.
    fn was_ever_ready(&self) -> bool {
        self.counters.ready > 0
            || self.new_pods.is_empty()
            || self.new_pods.iter().any(|pod| !was_never_ready(pod))
    }

    /// Pods that may be missing during a rollout (rule D8, N3).
    pub fn max_unavailable(&self) -> i64 {
        let (bounds, default_percent, rounds_up) = match self.workload {
            Workload::Deployment(item) => {
                if self.workload.strategy() == "Recreate" || self.desired == 0 {
                    return 0;
                }
                (&item.spec.strategy.rolling_update, Some(25), false)
            }
            Workload::DaemonSet(item) => (&item.spec.update_strategy.rolling_update, None, true),
            Workload::StatefulSet(_) => return 1,
        };
        let fallback = default_percent.map_or(IntOrString::Int(1), |percent| {
            IntOrString::Text(format!("{percent}%").into())
        });
        let limit = bounds.max_unavailable.as_ref().unwrap_or(&fallback);
        let allowed = limit.scaled(self.desired, rounds_up).unwrap_or(1);
        let surge = bounds
            .max_surge
            .as_ref()
            .and_then(|surge| surge.scaled(self.desired, true));
        let surge = surge.unwrap_or(i64::from(default_percent.is_some()));
        if allowed <= 0 && surge <= 0 {
            1
        } else {
            allowed.clamp(0, self.desired.max(0))
        }
    }

    /// True for a StatefulSet that makes and removes one Pod after the other.
    pub fn is_ordered(&self) -> bool {
        matches!(self.workload, Workload::StatefulSet(item)
            if item.spec.pod_management_policy != "Parallel")
    }

    /// The Pod that a StatefulSet waits for: with `OrderedReady` the lowest ordinal that is not
    /// available; with `Parallel` only an update waits, for its newest Pod.
    pub fn blocking_ordinal(&self, now: Timestamp) -> Option<&'a Pod> {
        let Workload::StatefulSet(_) = self.workload else {
            return None;
        };
        let seconds = self.workload.min_ready_seconds();
        let waits_for = |pod: &&'a Pod| !is_available(pod, seconds, now) && !is_leaving(pod, now);
        let new_pods = self.new_pods.iter().copied().filter(waits_for);
        if self.is_ordered() {
            let old_pods = self.old_pods.iter().copied().filter(waits_for);
            new_pods.chain(old_pods).min_by_key(|pod| ordinal(pod))
        } else if self.old_pods.is_empty() {
            None
        } else {
            new_pods.max_by_key(|pod| ordinal(pod))
        }
    }
}

/// The revision of a ControllerRevision as Pods carry it in `controller-revision-hash`.
fn revision_hash(revision: &ControllerRevision) -> &str {
    revision
        .meta
        .labels
        .get("controller-revision-hash")
        .unwrap_or(&revision.meta.name)
}

/// True when a kind was read for a Namespace, even in part.
fn was_read(snapshot: &Snapshot, kind: Kind, namespace: &str) -> bool {
    snapshot.ledger.has_in(Source::Objects(kind), namespace)
}
