//! The document of one diagnosed object.

use std::collections::BTreeSet;

use dogwatch_model::{
    Diagnosis, Handoff, Kind, LedgerEntry, ObjectRef, Severity, Snapshot, Source, Uid, Undecided,
    snapshot::{Condition, Pod, ReplicaSet},
    wire::Text,
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    CauseEntry, Cycles, Events, PodEntry, SCHEMA, Status, Summary, causes, data_gaps, handoffs,
    pods, summary, timeline,
};
use crate::{
    diagnosis::diagnose_view,
    rollout::{Funnel, Rollout, Workload, funnel},
    view::View,
};

/// What was asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// Namespace.
    pub namespace: String,
    /// Kind.
    pub kind: Kind,
    /// Name.
    pub name: String,
}

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

/// Pods that were looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PodDiagnosis {
    /// How many had issues.
    pub diagnosed_pods: usize,
    /// The first of them.
    pub pods: Vec<PodEntry>,
}

/// The document of one diagnosed object.
#[derive(Debug, Clone, Serialize)]
pub struct ObjectDiagnosis {
    /// Version of this document.
    pub schema: &'static str,
    /// What was asked about.
    pub target: Target,
    /// The cluster's own time of reading.
    pub captured_at: Timestamp,
    /// Server version, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_version: Option<String>,
    /// Conclusion.
    pub summary: Summary,
    /// Which Pods belong to it.
    pub selector: Selector,
    /// Whether the controller has seen the present spec.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation_check: Option<GenerationCheck>,
    /// The workload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workload: Option<WorkloadEntry>,
    /// Its versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<VersionEntry>,
    /// The rollout, layer by layer.
    pub funnel: Funnel,
    /// Events about these objects.
    pub events: Events,
    /// Pods with issues.
    pub pod_diagnosis: PodDiagnosis,
    /// Ranked causes, symptoms and notes.
    pub top_causes: Vec<CauseEntry>,
    /// Circles.
    pub cycles: Cycles,
    /// Where to go on.
    pub handoff: Vec<Handoff>,
    /// What could not be decided.
    pub undecided: Vec<Undecided>,
    /// What the reader should know about this document.
    pub warnings: Vec<String>,
    /// What could not be read.
    pub data_gaps: Vec<String>,
    /// Every read.
    pub ledger: Vec<LedgerEntry>,
}

/// Diagnoses one object of a snapshot and composes its document. `max_pods` caps the list of Pods.
pub fn object(snapshot: &Snapshot, target: &ObjectRef, max_pods: usize) -> ObjectDiagnosis {
    let view = View::new(snapshot);
    let diagnosis = diagnose_view(&view, Some(target));
    let entries = causes::entries(&view, &diagnosis);
    let rollout = view.rollout(target);
    let layers = rollout
        .map(|rollout| funnel(snapshot, rollout))
        .unwrap_or_default();
    let summary = match rollout {
        Some(rollout) => summary::summary(&view, &diagnosis, rollout, &layers, &entries),
        None => plain_summary(&view, &diagnosis, target, &entries),
    };
    let (pod_diagnosis, warnings) = pod_list(&view, &diagnosis, target, max_pods);
    ObjectDiagnosis {
        schema: SCHEMA,
        target: Target {
            namespace: target.namespace.to_string(),
            kind: target.kind,
            name: target.name.to_string(),
        },
        captured_at: snapshot.captured_at,
        server_version: snapshot.server_version.clone(),
        summary,
        selector: rollout
            .map(|rollout| Selector {
                value: rollout.workload.selector().query(),
                source: "matchLabels",
            })
            .unwrap_or_default(),
        generation_check: rollout.map(generation_check),
        workload: rollout.map(workload_entry),
        version: rollout.map(version_entry),
        funnel: layers,
        events: timeline::events(snapshot, &uids(&view, target)),
        pod_diagnosis,
        top_causes: entries,
        cycles: causes::cycles(&diagnosis),
        handoff: handoffs(&diagnosis.handoff),
        undecided: diagnosis.undecided,
        warnings,
        data_gaps: data_gaps(&snapshot.ledger),
        ledger: snapshot.ledger.entries().to_vec(),
    }
}

/// What must have been read before a workload may be called healthy.
pub(super) fn needed_sources(rollout: &Rollout<'_>) -> [Source; 3] {
    let versions = match rollout.workload {
        Workload::Deployment(_) => Kind::ReplicaSet,
        Workload::StatefulSet(_) | Workload::DaemonSet(_) => Kind::ControllerRevision,
    };
    [Kind::Pod, Kind::Event, versions].map(Source::Objects)
}

/// Conclusion about an object without a rollout.
fn plain_summary(
    view: &View<'_>,
    diagnosis: &Diagnosis,
    target: &ObjectRef,
    causes: &[CauseEntry],
) -> Summary {
    let exists = exists(view, target);
    let first = causes
        .first()
        .filter(|cause| cause.severity != Severity::Info);
    let needs = [Source::Objects(target.kind)];
    let is_read = view.snapshot.ledger.complete_for(&needs).is_ok();
    let (status, headline) = match (exists, first) {
        (false, None) if is_read => (Status::NotFound, format!("{target} does not exist.")),
        (_, Some(cause)) => (Status::RolloutBlocked, format!("{}.", cause.title)),
        (true, None) if diagnosis.undecided.is_empty() => {
            (Status::Healthy, format!("No fault found in {target}."))
        }
        _ => (
            Status::Unknown,
            format!("No fault seen in {target}, but not everything could be read."),
        ),
    };
    Summary {
        status,
        headline,
        expected_replicas: 0,
        ready_replicas: 0,
        available_replicas: 0,
        top_cause: causes.first().map(|cause| cause.public_type),
    }
}

fn exists(view: &View<'_>, target: &ObjectRef) -> bool {
    let snapshot = view.snapshot;
    let metas: Vec<&dogwatch_model::snapshot::Meta> = match target.kind {
        Kind::Pod => snapshot.pods.iter().map(|object| &object.meta).collect(),
        Kind::Node => snapshot.nodes.iter().map(|object| &object.meta).collect(),
        Kind::Job => snapshot.jobs.iter().map(|object| &object.meta).collect(),
        Kind::CronJob => snapshot
            .cron_jobs
            .iter()
            .map(|object| &object.meta)
            .collect(),
        Kind::Service => snapshot
            .services
            .iter()
            .map(|object| &object.meta)
            .collect(),
        Kind::ReplicaSet => snapshot
            .replica_sets
            .iter()
            .map(|object| &object.meta)
            .collect(),
        Kind::PersistentVolumeClaim => snapshot.claims.iter().map(|object| &object.meta).collect(),
        Kind::Namespace => snapshot
            .namespaces
            .iter()
            .map(|object| &object.meta)
            .collect(),
        // These would have a rollout.
        Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet => return false,
        // Kinds without checks of their own exist when the server answered for them.
        _ => return snapshot.ledger.has(Source::Objects(target.kind)),
    };
    metas
        .iter()
        .any(|meta| meta.name == *target.name && meta.namespace == *target.namespace)
}

fn generation_check(rollout: &Rollout<'_>) -> GenerationCheck {
    GenerationCheck {
        generation: rollout.meta().generation,
        observed_generation: rollout.observed_generation,
        observed: rollout.is_observed(),
    }
}

fn workload_entry(rollout: &Rollout<'_>) -> WorkloadEntry {
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

fn version_entry(rollout: &Rollout<'_>) -> VersionEntry {
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

/// UIDs of the target, its ReplicaSets and its Pods: Events about others are no evidence.
fn uids<'a>(view: &View<'a>, target: &'a ObjectRef) -> BTreeSet<&'a Uid> {
    let mut uids: BTreeSet<&Uid> = BTreeSet::new();
    if let Some(rollout) = view.rollout(target) {
        uids.insert(&rollout.meta().uid);
        let sets = rollout.version.new_rs.iter().chain(&rollout.version.old_rs);
        uids.extend(sets.map(|set| &set.meta.uid));
        let pods = rollout.new_pods.iter().chain(&rollout.old_pods);
        uids.extend(pods.map(|pod| &pod.meta.uid));
    } else {
        uids.insert(&target.uid);
        let own = view.snapshot.pods.iter().filter(|pod| {
            pod.meta.namespace == *target.namespace
                && (target.kind == Kind::Pod && pod.meta.name == *target.name
                    || pod.meta.controller().is_some_and(|owner| {
                        owner.kind == target.kind.name() && owner.name == *target.name
                    }))
        });
        uids.extend(own.map(|pod| &pod.meta.uid));
    }
    uids.retain(|uid| !uid.is_empty());
    uids
}

fn pod_list(
    view: &View<'_>,
    diagnosis: &Diagnosis,
    target: &ObjectRef,
    max_pods: usize,
) -> (PodDiagnosis, Vec<String>) {
    let has_issue = |pod: &&Pod| {
        diagnosis.findings.iter().any(|finding| {
            finding.object.kind == Kind::Pod
                && finding.object.name == *pod.meta.name
                && finding.object.namespace == *pod.meta.namespace
        })
    };
    let abnormal: Vec<&Pod> = view
        .suspects
        .iter()
        .map(|suspect| suspect.pod)
        .filter(|pod| pod.meta.namespace == *target.namespace)
        .filter(has_issue)
        .collect();
    let mut warnings = Vec::new();
    if abnormal.len() > max_pods {
        warnings.push(format!(
            "{max_pods} of {} abnormal Pods are listed",
            abnormal.len()
        ));
    }
    let uncounted = view
        .snapshot
        .events
        .iter()
        .filter(|event| event.involved.uid.is_empty())
        .count();
    if uncounted > 0 {
        warnings.push(format!(
            "{uncounted} Events name no UID and are no evidence"
        ));
    }
    let listed = abnormal
        .iter()
        .take(max_pods)
        .map(|pod| pods::entry(diagnosis, pod))
        .collect();
    (
        PodDiagnosis {
            diagnosed_pods: abnormal.len(),
            pods: listed,
        },
        warnings,
    )
}
