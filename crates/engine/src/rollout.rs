//! Which objects are the new version of a workload, and how far its rollout came.
//!
//! The rules follow the controllers: the new ReplicaSet is the oldest owned one whose template
//! equals the Deployment's; a StatefulSet's Pods carry the update revision; a DaemonSet's Pods carry
//! the hash of the ControllerRevision that holds the present template. Ownership is by UID.

mod deployment;
mod funnel;
mod revisions;

use dogwatch_model::{
    Kind, ObjectRef, Snapshot, Source,
    snapshot::{
        Condition, ControllerRevision, DaemonSet, Deployment, Meta, Pod, ReplicaSet, StatefulSet,
        Template, find_condition,
    },
    wire::{IntOrString, LabelSelector},
};
use jiff::{SignedDuration, Timestamp};

pub use funnel::{Funnel, Layer, LayerStatus, funnel};

/// A workload of one of the three kinds that roll out.
#[derive(Debug, Clone, Copy)]
pub enum Workload<'a> {
    /// Its versions are ReplicaSets.
    Deployment(&'a Deployment),
    /// Its versions are ControllerRevisions.
    StatefulSet(&'a StatefulSet),
    /// Its versions are ControllerRevisions.
    DaemonSet(&'a DaemonSet),
}

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

impl<'a> Workload<'a> {
    /// Metadata.
    pub fn meta(self) -> &'a Meta {
        match self {
            Workload::Deployment(item) => &item.meta,
            Workload::StatefulSet(item) => &item.meta,
            Workload::DaemonSet(item) => &item.meta,
        }
    }

    /// Kind.
    pub fn kind(self) -> Kind {
        match self {
            Workload::Deployment(_) => Kind::Deployment,
            Workload::StatefulSet(_) => Kind::StatefulSet,
            Workload::DaemonSet(_) => Kind::DaemonSet,
        }
    }

    /// Which Pods belong to it.
    pub fn selector(self) -> &'a LabelSelector {
        match self {
            Workload::Deployment(item) => &item.spec.selector,
            Workload::StatefulSet(item) => &item.spec.selector,
            Workload::DaemonSet(item) => &item.spec.selector,
        }
    }

    /// Template of the Pods.
    pub fn template(self) -> &'a Template {
        match self {
            Workload::Deployment(item) => &item.spec.template,
            Workload::StatefulSet(item) => &item.spec.template,
            Workload::DaemonSet(item) => &item.spec.template,
        }
    }

    /// Conditions; StatefulSets and DaemonSets have none that the engine reads.
    pub fn conditions(self) -> &'a [Condition] {
        match self {
            Workload::Deployment(item) => &item.status.conditions,
            Workload::StatefulSet(_) | Workload::DaemonSet(_) => &[],
        }
    }

    /// Seconds a Pod must be Ready to count as available.
    pub fn min_ready_seconds(self) -> i64 {
        match self {
            Workload::Deployment(item) => item.spec.min_ready_seconds,
            Workload::StatefulSet(item) => item.spec.min_ready_seconds,
            Workload::DaemonSet(item) => item.spec.min_ready_seconds,
        }
    }

    /// `Recreate`, `OnDelete` or `RollingUpdate`.
    pub fn strategy(self) -> &'a str {
        let strategy = match self {
            Workload::Deployment(item) => &item.spec.strategy,
            Workload::StatefulSet(item) => &item.spec.update_strategy,
            Workload::DaemonSet(item) => &item.spec.update_strategy,
        };
        if strategy.kind.is_empty() {
            "RollingUpdate"
        } else {
            &strategy.kind
        }
    }

    /// True for a StatefulSet or DaemonSet that replaces Pods only when somebody deletes them.
    pub fn is_on_delete(self) -> bool {
        self.strategy() == "OnDelete"
    }
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

    /// False while the controller has not seen the present spec.
    pub fn is_observed(&self) -> bool {
        self.observed_generation
            .is_some_and(|observed| observed >= self.meta().generation)
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
            Workload::StatefulSet(item) => {
                if self.is_held_by_strategy() {
                    self.active_new_pods()
                        .count()
                        .try_into()
                        .unwrap_or(self.desired)
                } else {
                    let partition = item.spec.update_strategy.rolling_update.partition;
                    (self.desired - partition.max(0)).max(0)
                }
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
        match self.workload {
            Workload::Deployment(_) => self.condition("Progressing").is_some_and(|progressing| {
                progressing.is_true() && progressing.reason == "NewReplicaSetAvailable"
            }),
            Workload::StatefulSet(item) => {
                let status = &item.status;
                !status.current_revision.is_empty()
                    && status.current_revision == status.update_revision
                    && status.replicas >= self.desired
            }
            Workload::DaemonSet(item) => {
                self.old_pods.is_empty() && item.status.updated_number_scheduled >= self.desired
            }
        }
    }

    /// Pods that may be missing during a rollout (rule D8, N3).
    pub fn max_unavailable(&self) -> i64 {
        let (bounds, default_percent, rounds_up) = match self.workload {
            Workload::Deployment(item) => {
                if self.workload.strategy() == "Recreate" {
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

    /// The Pod that an `OrderedReady` StatefulSet, or its update, waits for.
    pub fn blocking_ordinal(&self, now: Timestamp) -> Option<&'a Pod> {
        let Workload::StatefulSet(_) = self.workload else {
            return None;
        };
        let mut waiting: Vec<&'a Pod> = active(&self.new_pods)
            .chain(active(&self.old_pods))
            .filter(|pod| !is_available(pod, self.workload.min_ready_seconds(), now))
            .collect();
        waiting.sort_by_key(|pod| ordinal(pod));
        waiting.first().copied()
    }
}

fn active<'a, 'r>(pods: &'r [&'a Pod]) -> impl Iterator<Item = &'a Pod> + use<'a, 'r> {
    pods.iter()
        .copied()
        .filter(|pod| !pod.is_finished() && !pod.meta.is_terminating())
}

/// The ordinal of a StatefulSet's Pod.
pub(crate) fn ordinal(pod: &Pod) -> Option<i64> {
    pod.meta.name.rsplit_once('-')?.1.parse().ok()
}

/// True when a Pod was Ready for long enough (rule D13).
pub(crate) fn is_available(pod: &Pod, min_ready_seconds: i64, now: Timestamp) -> bool {
    if !pod.is_ready() {
        return false;
    }
    if min_ready_seconds <= 0 {
        return true;
    }
    let wait = SignedDuration::from_secs(min_ready_seconds);
    pod.condition("Ready")
        .and_then(|ready| ready.since)
        .is_some_and(|since| now.duration_since(since) >= wait)
}

/// Pods whose controller has none of the read versions: owned by name only, when the objects that
/// carry versions were not read.
fn pods_by_selector<'a>(snapshot: &'a Snapshot, workload: Workload<'a>) -> Vec<&'a Pod> {
    let meta = workload.meta();
    let prefix = format!("{}-", meta.name);
    let is_owned = |pod: &&Pod| {
        pod.meta.namespace == meta.namespace
            && pod.meta.controller().is_some_and(|owner| {
                owner.uid == meta.uid && !meta.uid.is_empty()
                    || owner.name == meta.name && owner.kind == workload.kind().name()
                    || owner.kind == "ReplicaSet" && owner.name.starts_with(&prefix)
            })
    };
    let selector = workload.selector();
    snapshot
        .pods
        .iter()
        .filter(is_owned)
        .filter(|pod| selector.is_empty() || selector.matches(&pod.meta.labels))
        .collect()
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
