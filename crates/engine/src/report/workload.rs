//! The document of one diagnosed object.

mod entries;

use std::collections::BTreeSet;

use dogwatch_model::{
    Diagnosis, Handoff, Kind, LedgerEntry, ObjectRef, ReadOutcome, Severity, Snapshot, Source, Uid,
    Undecided, snapshot::Pod,
};
use jiff::Timestamp;
use serde::Serialize;

pub use entries::{GenerationCheck, ReplicaSetEntry, Selector, VersionEntry, WorkloadEntry};
use entries::{generation_check, version_entry, workload_entry};

use super::{
    CauseEntry, ChangeEntry, Cycles, Events, PodEntry, SCHEMA, Status, Summary, causes, changed,
    data_gaps, handoffs, pods, summary, timeline,
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
    /// What changed before, newest version against the one before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeEntry>,
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
        changes: changed::entries(&view, &diagnosis, &entries, Some(target)),
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
        // Others are asked for by name: they exist when the server had one to answer with.
        _ => {
            let source = Source::Objects(target.kind);
            return snapshot.ledger.has(source) && !was_absent(snapshot, source);
        }
    };
    metas
        .iter()
        .any(|meta| meta.name == *target.name && meta.namespace == *target.namespace)
}

/// True when the read by name found nothing.
fn was_absent(snapshot: &Snapshot, source: Source) -> bool {
    let mut entries = snapshot.ledger.entries().iter();
    entries.any(|entry| {
        let is_none = entry.outcome == ReadOutcome::Ok { items: 0 };
        entry.source == source && entry.selected && is_none
    })
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
