//! The workload, its versions and its generation as entries of the document.

use dogwatch_model::{
    Kind, Uid,
    snapshot::{Condition, ReplicaSet},
    wire::Text,
};
use jiff::Timestamp;
use serde::Serialize;

use crate::rollout::{Rollout, Workload};

/// Which Pods belong to the workload, and who says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Selector {
    /// Selector in the API server's syntax.
    pub value: String,
    /// `matchLabels` or `override`.
    pub source: &'static str,
}

/// Whether the controller has seen the present spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct GenerationCheck {
    /// Generation of the spec.
    pub generation: i64,
    /// Generation that the controller has seen.
    pub observed_generation: Option<i64>,
    /// True when it has.
    pub observed: bool,
}

/// A condition as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConditionEntry {
    /// Type.
    #[serde(rename = "type")]
    pub kind: Text,
    /// Status.
    pub status: Text,
    /// Reason.
    pub reason: Text,
    /// Message.
    pub message: Text,
    /// Since when.
    pub last_transition_time: Option<Timestamp>,
}

/// The workload as its controller reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkloadEntry {
    /// Kind.
    pub kind: Kind,
    /// UID.
    pub uid: Uid,
    /// Generation of the spec.
    pub generation: i64,
    /// Generation that the controller has seen.
    pub observed_generation: Option<i64>,
    /// Wanted Pods.
    pub desired_replicas: i64,
    /// Pods of all versions.
    pub status_replicas: i64,
    /// Pods of the new version.
    pub updated_replicas: i64,
    /// Ready Pods.
    pub ready_replicas: i64,
    /// Available Pods.
    pub available_replicas: i64,
    /// Missing Pods.
    pub unavailable_replicas: i64,
    /// `RollingUpdate`, `Recreate` or `OnDelete`.
    pub strategy: String,
    /// Seconds a Pod must be Ready to count as available.
    pub min_ready_seconds: i64,
    /// Deployments: seconds without progress until the rollout counts as failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress_deadline_seconds: Option<i64>,
    /// StatefulSets: `OrderedReady` or `Parallel`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_management_policy: Option<String>,
    /// DaemonSets: Pods where none should run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misscheduled: Option<i64>,
    /// Conditions.
    pub conditions: Vec<ConditionEntry>,
}

/// A ReplicaSet of a Deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplicaSetEntry {
    /// Name.
    pub name: Text,
    /// UID.
    pub uid: Uid,
    /// Revision.
    pub revision: Option<i64>,
    /// Wanted Pods.
    pub desired: i64,
    /// Pods that exist.
    pub status_replicas: i64,
    /// Ready Pods.
    pub ready: i64,
    /// Available Pods.
    pub available: i64,
    /// Images of its containers.
    pub images: Vec<Text>,
}

/// Versions of the workload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionEntry {
    /// `DeploymentReplicaSet`, `StatefulSetController` or `DaemonSetController`.
    pub strategy: &'static str,
    /// The ReplicaSet of the new version.
    pub new_rs: Option<ReplicaSetEntry>,
    /// ReplicaSets of old versions.
    pub old_rs: Vec<ReplicaSetEntry>,
    /// Revision that was complete last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub current_revision: String,
    /// Revision of the present template.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub update_revision: String,
}

pub(super) fn generation_check(rollout: &Rollout<'_>) -> GenerationCheck {
    GenerationCheck {
        generation: rollout.meta().generation,
        observed_generation: rollout.observed_generation,
        observed: rollout.is_observed(),
    }
}

pub(super) fn workload_entry(rollout: &Rollout<'_>) -> WorkloadEntry {
    let counters = rollout.counters;
    let conditions = rollout
        .workload
        .conditions()
        .iter()
        .map(condition_entry)
        .collect();
    let (mut deadline, mut policy, mut misscheduled) = (None, None, None);
    match rollout.workload {
        Workload::Deployment(item) => {
            deadline = Some(item.spec.progress_deadline_seconds.unwrap_or(600));
        }
        Workload::StatefulSet(item) => {
            let known = &item.spec.pod_management_policy;
            let known = if known.is_empty() {
                "OrderedReady"
            } else {
                known
            };
            policy = Some(known.to_owned());
        }
        Workload::DaemonSet(item) => misscheduled = Some(item.status.number_misscheduled),
    }
    WorkloadEntry {
        kind: rollout.object.kind,
        uid: rollout.object.uid.clone(),
        generation: rollout.meta().generation,
        observed_generation: rollout.observed_generation,
        desired_replicas: rollout.desired,
        status_replicas: counters.total,
        updated_replicas: counters.updated,
        ready_replicas: counters.ready,
        available_replicas: counters.available,
        unavailable_replicas: (rollout.desired - counters.available).max(0),
        strategy: rollout.workload.strategy().to_owned(),
        min_ready_seconds: rollout.workload.min_ready_seconds(),
        progress_deadline_seconds: deadline,
        pod_management_policy: policy,
        misscheduled,
        conditions,
    }
}

fn condition_entry(condition: &Condition) -> ConditionEntry {
    ConditionEntry {
        kind: condition.kind.clone(),
        status: condition.status.clone(),
        reason: condition.reason.clone(),
        message: condition.message.clone(),
        last_transition_time: condition.since,
    }
}

pub(super) fn version_entry(rollout: &Rollout<'_>) -> VersionEntry {
    VersionEntry {
        strategy: match rollout.workload {
            Workload::Deployment(_) => "DeploymentReplicaSet",
            Workload::StatefulSet(_) => "StatefulSetController",
            Workload::DaemonSet(_) => "DaemonSetController",
        },
        new_rs: rollout.version.new_rs.map(replica_set_entry),
        old_rs: rollout
            .version
            .old_rs
            .iter()
            .map(|set| replica_set_entry(set))
            .collect(),
        current_revision: rollout.version.current_revision.clone(),
        update_revision: rollout.version.update_revision.clone(),
    }
}

fn replica_set_entry(set: &ReplicaSet) -> ReplicaSetEntry {
    let containers = &set.spec.template.spec.containers;
    ReplicaSetEntry {
        name: set.meta.name.clone(),
        uid: set.meta.uid.clone(),
        revision: set.revision(),
        desired: set.desired(),
        status_replicas: set.status.replicas,
        ready: set.status.ready_replicas,
        available: set.status.available_replicas,
        images: containers
            .iter()
            .map(|container| container.image.clone())
            .collect(),
    }
}
