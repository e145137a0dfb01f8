//! Turns the structures of a report into a document that a renderer lays out.

mod checked;
mod circles;

use dogwatch_model::{
    Kind, LedgerEntry, ObjectRef, ReadOutcome, Role, Severity, SkipReason,
    report::{Bar, Block, Document, Mark, Section, Statement},
};
use jiff::Timestamp;

use super::{CauseEntry, CitedEvidence, Inspection, InspectionStatus, ObjectDiagnosis, Status};
pub(super) use circles::circles;

use crate::rollout::{Layer, LayerStatus};

/// Timeline entries shown to a person.
const SHOWN_EVENTS: usize = 8;

/// The document of one diagnosed object.
pub fn object_document(report: &ObjectDiagnosis) -> Document {
    let target = &report.target;
    let mut sections = Vec::new();
    push(&mut sections, "Rollout", funnel(&report.funnel));
    push(
        &mut sections,
        "Causes",
        statements(&report.top_causes, &[Role::Cause, Role::Note], true),
    );
    push(
        &mut sections,
        "Symptoms they explain",
        statements(&report.top_causes, &[Role::Symptom], false),
    );
    push(
        &mut sections,
        "What changed before",
        super::changed::blocks(&report.changes),
    );
    push(&mut sections, "Circle", circles(&report.cycles));
    push(&mut sections, "Events, newest first", events(report));
    push(&mut sections, "Where to go on", handoff(report));
    push(
        &mut sections,
        "Not known",
        gaps(&report.ledger, &report.undecided),
    );
    let place = if target.namespace.is_empty() {
        format!("{}/{}", target.kind, target.name)
    } else {
        format!("{} {}/{}", target.kind, target.namespace, target.name)
    };
    Document {
        title: place,
        mark: status_mark(report),
        status: word(report.summary.status).to_owned(),
        conclusion: report.summary.headline.clone(),
        footing: footing(
            report.captured_at,
            report.server_version.as_deref(),
            &report.ledger,
        ),
        sections,
    }
}

/// The document of an inspection.
pub fn inspection_document(report: &Inspection) -> Document {
    let summary = &report.summary;
    let mut sections = Vec::new();
    push(
        &mut sections,
        "Causes",
        statements(&report.findings, &[Role::Cause], true),
    );
    push(
        &mut sections,
        "Symptoms they explain",
        statements(&report.findings, &[Role::Symptom], false),
    );
    push(
        &mut sections,
        "Worth knowing",
        statements(&report.findings, &[Role::Note], false),
    );
    push(
        &mut sections,
        "What changed before",
        super::changed::blocks(&report.changes),
    );
    push(&mut sections, "Circle", circles(&report.cycles));
    push(&mut sections, "Checked", checked::table(summary));
    push(
        &mut sections,
        "Not known",
        gaps(&report.ledger, &report.undecided),
    );
    let (mark, status) = match summary.status {
        InspectionStatus::Healthy => (Mark::Ok, "healthy"),
        InspectionStatus::Unknown => (Mark::Unkn, "unknown"),
        InspectionStatus::Unhealthy => (worst(&report.findings), "unhealthy"),
    };
    let scope = if report.scope == "*" {
        "all namespaces"
    } else {
        &report.scope
    };
    Document {
        title: format!("Inspection of {scope}"),
        mark,
        status: status.to_owned(),
        conclusion: summary.headline.clone(),
        footing: footing(
            report.captured_at,
            report.server_version.as_deref(),
            &report.ledger,
        ),
        sections,
    }
}

pub(super) fn push(sections: &mut Vec<Section>, heading: &str, blocks: Vec<Block>) {
    if !blocks.is_empty() {
        sections.push(Section {
            heading: heading.to_owned(),
            blocks,
        });
    }
}

fn word(status: Status) -> &'static str {
    match status {
        Status::ControlPlaneNotObserved => "control_plane_not_observed",
        Status::NewVersionNotCreated => "new_version_not_created",
        Status::RolloutBlocked => "rollout_blocked",
        Status::ReplicasUnavailable => "replicas_unavailable",
        Status::ProbeFailure => "probe_failure",
        Status::Healthy => "healthy",
        Status::Unknown => "unknown",
        Status::NotFound => "not_found",
    }
}

fn status_mark(report: &ObjectDiagnosis) -> Mark {
    match report.summary.status {
        Status::Healthy => Mark::Ok,
        Status::Unknown | Status::NotFound => Mark::Unkn,
        // Old Pods that still serve make it a risk and no outage.
        _ if report.summary.ready_replicas > 0
            && report.summary.ready_replicas >= report.summary.expected_replicas =>
        {
            Mark::Warn
        }
        _ => worst(&report.top_causes),
    }
}

fn worst(causes: &[CauseEntry]) -> Mark {
    let faults = causes.iter().filter(|cause| cause.role == Role::Cause);
    faults
        .map(|cause| severity_mark(cause.severity))
        .min()
        .unwrap_or(Mark::Warn)
}

pub(super) fn severity_mark(severity: Severity) -> Mark {
    match severity {
        Severity::Critical => Mark::Crit,
        Severity::Warning => Mark::Warn,
        Severity::Info => Mark::Info,
    }
}

/// Reads that succeeded, and those that were planned. What nothing depends on and nobody could give is
/// neither.
pub(super) fn reads(ledger: &[LedgerEntry]) -> (usize, usize) {
    let uncovered = ReadOutcome::Skipped {
        why: SkipReason::NotCovered,
    };
    let planned = ledger.iter().filter(|entry| entry.outcome != uncovered);
    let read = planned.clone().filter(|entry| !entry.outcome.is_hole());
    (read.count(), planned.count())
}

pub(super) fn footing(at: Timestamp, version: Option<&str>, ledger: &[LedgerEntry]) -> String {
    let (read, planned) = reads(ledger);
    let version = version
        .map(|version| format!(", server {version}"))
        .unwrap_or_default();
    format!("as of {at:.0}{version}; {read} of {planned} sources read")
}

fn funnel(layers: &[Layer]) -> Vec<Block> {
    if layers.is_empty() {
        return Vec::new();
    }
    let first = layers
        .iter()
        .position(|layer| layer.status == LayerStatus::Fail);
    let bar = |(index, layer): (usize, &Layer)| Bar {
        name: layer.layer.to_owned(),
        expected: layer.expected,
        actual: layer.actual,
        word: match layer.status {
            LayerStatus::Pass => "pass",
            LayerStatus::Fail => "fail",
            LayerStatus::Held => "held",
            LayerStatus::Waiting => "waiting",
            LayerStatus::Unknown => "unknown",
        },
        is_first_failing: first == Some(index),
    };
    vec![Block::Funnel(layers.iter().enumerate().map(bar).collect())]
}

pub(super) fn statements(causes: &[CauseEntry], roles: &[Role], with_evidence: bool) -> Vec<Block> {
    let wanted = causes.iter().filter(|cause| roles.contains(&cause.role));
    wanted
        .map(|cause| Block::Statement(statement(cause, with_evidence)))
        .collect()
}

/// An object as people read it: `Kind namespace/name`.
pub(super) fn place(object: &ObjectRef) -> String {
    if object.namespace.is_empty() {
        format!("{}/{}", object.kind, object.name)
    } else {
        format!("{} {}/{}", object.kind, object.namespace, object.name)
    }
}

fn statement(cause: &CauseEntry, with_evidence: bool) -> Statement {
    let object = &cause.object;
    let place = place(object);
    let others = cause.affected.saturating_sub(1);
    let more = if others == 0 {
        String::new()
    } else {
        format!(" and {others} more")
    };
    let mut remarks = Vec::new();
    if let Some(nearest) = cause.caused_by.iter().min() {
        let because = cause
            .because
            .first()
            .map(String::as_str)
            .unwrap_or_default();
        remarks.push(format!("explained by #{nearest}: {because}"));
    }
    for against in &cause.counter_evidence {
        remarks.push(format!("against it {}: {}", against.id, against.fact.value));
    }
    if !cause.confidence.is_sufficient() {
        remarks.push("insufficient evidence".to_owned());
    }
    Statement {
        mark: severity_mark(cause.severity),
        heading: format!(
            "#{} {} ({})  {place}{more}  confidence {}",
            cause.rank, cause.public_type, cause.mode, cause.confidence
        ),
        text: format!("{}.", cause.title),
        remarks,
        evidence: if with_evidence {
            cause
                .evidence
                .iter()
                .map(|fact| cited(cause, fact))
                .collect()
        } else {
            Vec::new()
        },
        advice: if with_evidence {
            cause
                .recommendation
                .iter()
                .map(|text| (*text).to_owned())
                .collect()
        } else {
            Vec::new()
        },
    }
}

/// The object is named where it is another one than that of the statement.
fn cited(cause: &CauseEntry, evidence: &CitedEvidence) -> [String; 3] {
    let fact = &evidence.fact;
    let at = fact
        .observed_at
        .map(|at| format!(" at {at:.0}"))
        .unwrap_or_default();
    let object = if fact.object == cause.object {
        String::new()
    } else {
        format!("{} {} ", fact.object.kind, fact.object.name)
    };
    let place = format!("{object}{}{at}", fact.field);
    [evidence.id.clone(), place, fact.value.clone()]
}

fn events(report: &ObjectDiagnosis) -> Vec<Block> {
    let rows: Vec<Vec<String>> = report
        .events
        .timeline
        .iter()
        .take(SHOWN_EVENTS)
        .map(|event| {
            let time = event.time.map(|at| format!("{at:.0}")).unwrap_or_default();
            let count = if event.count > 1 {
                format!(" (x{})", event.count)
            } else {
                String::new()
            };
            vec![
                time,
                event.reason.to_string(),
                event.object.clone(),
                format!("{}{count}", event.message),
            ]
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let columns = ["TIME", "REASON", "OBJECT", "MESSAGE"]
        .map(str::to_owned)
        .to_vec();
    vec![Block::Table { columns, rows }]
}

fn handoff(report: &ObjectDiagnosis) -> Vec<Block> {
    let lines: Vec<String> = report
        .handoff
        .iter()
        .map(|next| format!("{}: {}", next.skill, next.reason))
        .collect();
    if lines.is_empty() {
        Vec::new()
    } else {
        vec![Block::List(lines)]
    }
}

/// Reads that failed, one line each; what a recording does not hold, in one line; and what each
/// open question needs, without repeating a read that is named already.
pub(super) fn gaps(ledger: &[LedgerEntry], undecided: &[dogwatch_model::Undecided]) -> Vec<Block> {
    let holes: Vec<&LedgerEntry> = ledger
        .iter()
        .filter(|entry| entry.outcome.is_hole())
        .collect();
    let unheld = |entry: &&&LedgerEntry| {
        matches!(
            entry.outcome,
            ReadOutcome::Skipped {
                why: SkipReason::NoSource
            }
        )
    };
    let mut lines: Vec<String> = holes
        .iter()
        .filter(|entry| !unheld(entry))
        .map(|entry| entry.sentence())
        .collect();
    let absent: Vec<String> = holes
        .iter()
        .filter(unheld)
        .map(|entry| entry.source.to_string())
        .collect();
    if !absent.is_empty() {
        lines.push(format!("not in this recording: {}", absent.join(", ")));
    }
    let mut open: Vec<String> = undecided
        .iter()
        .filter(|entry| entry.object.kind != Kind::Namespace)
        .map(|entry| format!("{}: reading {} would decide", entry.object, entry.needs))
        .collect();
    open.sort();
    open.dedup();
    lines.extend(open);
    if lines.is_empty() {
        Vec::new()
    } else {
        vec![Block::List(lines)]
    }
}
