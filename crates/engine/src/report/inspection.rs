//! The document of a whole scope: ranked, and healthy said explicitly with what was checked.

use std::collections::BTreeSet;

use dogwatch_model::{
    Diagnosis, Kind, LedgerEntry, Role, Severity, Snapshot, Source, Undecided, report::Picture,
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    CauseEntry, ChangeEntry, Cycles, SCHEMA, causes, changed, data_gaps, document::reads, picture,
};
use crate::{
    checks,
    diagnosis::diagnose_view,
    health::{self, Health, HealthWord},
    view::View,
};

/// The closed list of verdicts about a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InspectionStatus {
    /// No fault, and everything needed was read.
    Healthy,
    /// At least one fault.
    Unhealthy,
    /// No fault seen, and not everything was read.
    Unknown,
}

/// Objects of one kind that were looked at, and how they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Kind.
    pub kind: Kind,
    /// Objects.
    pub objects: usize,
    /// How many are in which state; `None` for kinds that are not judged by themselves.
    #[serde(flatten)]
    pub words: Option<WordCounts>,
}

/// Objects by the word for their health.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct WordCounts {
    /// As their spec wants them.
    pub current: usize,
    /// On the way.
    pub in_progress: usize,
    /// Stuck.
    pub failed: usize,
    /// Being deleted.
    pub terminating: usize,
    /// Nobody reports on them.
    pub unknown: usize,
}

/// Conclusion about a scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InspectionSummary {
    /// Verdict.
    pub status: InspectionStatus,
    /// One or two sentences.
    pub headline: String,
    /// Independent causes.
    pub causes: usize,
    /// Symptoms that they explain.
    pub symptoms: usize,
    /// Checks that ran.
    pub checks: usize,
    /// Objects that were looked at, by kind.
    pub checked: Vec<Checked>,
    /// Reads that succeeded.
    pub sources_read: usize,
    /// Reads that were planned.
    pub sources_planned: usize,
}

/// The document of a whole scope.
#[derive(Debug, Clone, Serialize)]
pub struct Inspection {
    /// Version of this document.
    pub schema: &'static str,
    /// Namespace, or `*` for all of them.
    pub scope: String,
    /// The cluster's own time of reading.
    pub captured_at: Timestamp,
    /// Server version, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_version: Option<String>,
    /// Conclusion.
    pub summary: InspectionSummary,
    /// Ranked causes, symptoms and notes.
    pub findings: Vec<CauseEntry>,
    /// What changed before, those changes that are blamed first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeEntry>,
    /// Circles.
    pub cycles: Cycles,
    /// Who explains whom, as a picture.
    pub graph: Picture,
    /// What could not be decided.
    pub undecided: Vec<Undecided>,
    /// What could not be read.
    pub data_gaps: Vec<String>,
    /// Every read.
    pub ledger: Vec<LedgerEntry>,
}

/// Diagnoses everything in a snapshot and composes the document.
pub fn inspection(snapshot: &Snapshot, scope: &str) -> Inspection {
    let view = View::new(snapshot);
    let diagnosis = diagnose_view(&view, None);
    let findings = causes::entries(&view, &diagnosis);
    Inspection {
        schema: SCHEMA,
        scope: scope.to_owned(),
        captured_at: snapshot.captured_at,
        server_version: snapshot.server_version.clone(),
        summary: summary(snapshot, &diagnosis, &findings),
        changes: changed::entries(&view, &diagnosis, &findings, None),
        findings,
        cycles: causes::cycles(&diagnosis),
        graph: picture::picture(&diagnosis),
        undecided: diagnosis.undecided,
        data_gaps: data_gaps(&snapshot.ledger),
        ledger: snapshot.ledger.entries().to_vec(),
    }
}

/// What must have been read before a scope may be called healthy.
const NEEDED: &[Source] = &[
    Source::Objects(Kind::Pod),
    Source::Objects(Kind::Event),
    Source::Objects(Kind::Deployment),
    Source::Objects(Kind::ReplicaSet),
    Source::Objects(Kind::StatefulSet),
    Source::Objects(Kind::DaemonSet),
    Source::Objects(Kind::Job),
    Source::Objects(Kind::PersistentVolumeClaim),
    Source::Objects(Kind::Node),
];

fn summary(
    snapshot: &Snapshot,
    diagnosis: &Diagnosis,
    findings: &[CauseEntry],
) -> InspectionSummary {
    // What is only worth knowing by itself counts when it explains a fault.
    let faults = findings
        .iter()
        .filter(|entry| entry.severity != Severity::Info);
    let explaining: BTreeSet<usize> = faults.flat_map(|entry| entry.caused_by.clone()).collect();
    let is_fault = |entry: &&CauseEntry| {
        let explains = explaining.contains(&entry.rank);
        entry.role == Role::Cause && (entry.severity != Severity::Info || explains)
    };
    let causes: Vec<&CauseEntry> = findings.iter().filter(is_fault).collect();
    let symptoms = diagnosis
        .causes
        .iter()
        .filter(|cause| cause.role == Role::Symptom)
        .count();
    let holes = snapshot.ledger.complete_for(NEEDED);
    let status = match (causes.first(), &holes) {
        (Some(_), _) => InspectionStatus::Unhealthy,
        (None, Ok(_)) => InspectionStatus::Healthy,
        (None, Err(_)) => InspectionStatus::Unknown,
    };
    let (read, planned) = reads(snapshot.ledger.entries());
    let checked = checked(snapshot);
    let headline = match (status, causes.first()) {
        (InspectionStatus::Unhealthy, Some(first)) => {
            let others = causes.len() - 1;
            let more = if others == 0 {
                String::new()
            } else {
                format!(" {others} more follow.")
            };
            format!("{}: {}.{more}", first.object, first.title)
        }
        (InspectionStatus::Healthy, _) => {
            let count: usize = checked.iter().map(|entry| entry.objects).sum();
            format!("Healthy: {count} objects checked, no fault found.")
        }
        _ => "No fault seen, but not everything could be read.".to_owned(),
    };
    InspectionSummary {
        status,
        headline,
        causes: causes.len(),
        symptoms,
        checks: checks().len(),
        checked,
        sources_read: read,
        sources_planned: planned,
    }
}

fn checked(snapshot: &Snapshot) -> Vec<Checked> {
    let now = snapshot.captured_at;
    vec![
        judged(Kind::Node, &snapshot.nodes, health::of_node),
        judged(
            Kind::Deployment,
            &snapshot.deployments,
            health::of_deployment,
        ),
        judged(
            Kind::ReplicaSet,
            &snapshot.replica_sets,
            health::of_replica_set,
        ),
        judged(
            Kind::StatefulSet,
            &snapshot.stateful_sets,
            health::of_stateful_set,
        ),
        judged(
            Kind::DaemonSet,
            &snapshot.daemon_sets,
            health::of_daemon_set,
        ),
        judged(Kind::Job, &snapshot.jobs, health::of_job),
        counted(Kind::CronJob, snapshot.cron_jobs.len()),
        judged(Kind::Pod, &snapshot.pods, |pod| health::of_pod(pod, now)),
        counted(Kind::Service, snapshot.services.len()),
        judged(
            Kind::PersistentVolumeClaim,
            &snapshot.claims,
            health::of_claim,
        ),
    ]
}

fn counted(kind: Kind, objects: usize) -> Checked {
    Checked {
        kind,
        objects,
        words: None,
    }
}

fn judged<T>(kind: Kind, list: &[T], judge: impl Fn(&T) -> Health) -> Checked {
    let mut counts = WordCounts::default();
    for object in list {
        match judge(object).word {
            HealthWord::Current => counts.current += 1,
            HealthWord::InProgress => counts.in_progress += 1,
            HealthWord::Failed => counts.failed += 1,
            HealthWord::Terminating => counts.terminating += 1,
            // What stands in a list was found.
            HealthWord::NotFound | HealthWord::Unknown => counts.unknown += 1,
        }
    }
    Checked {
        words: Some(counts),
        ..counted(kind, list.len())
    }
}
