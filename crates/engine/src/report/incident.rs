//! The incident report: for people who were not there. Built from an inspection; it adds the order of
//! recovery, what must not be done, how to verify, and how to prevent.

mod chain;
mod refusals;
mod verification;
mod ways;

use dogwatch_model::{
    Measurements, Role, Severity, Snapshot,
    report::{Block, Document, Mark},
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    CauseEntry, ChangeEntry, Inspection, InspectionStatus, LogSummary, changed,
    document::{circles, footing, gaps, place, push, severity_mark, statements},
    inspection, logged,
    usage::{self, Usage},
};
use crate::changes::Blame;

/// One step of a recovery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// 1 comes first.
    pub number: usize,
    /// Who does it: `act` for a person, `wait` for a controller that does it by itself.
    pub kind: &'static str,
    /// What.
    pub action: String,
    /// The mode it answers.
    pub mode: &'static str,
    /// `low`, `medium` or `high`.
    pub risk: &'static str,
    /// When it is done: the next step begins only then.
    pub clear_when: String,
}

/// A step that somebody might take and must not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// What is refused.
    pub action: String,
    /// Why.
    pub reason: &'static str,
    /// What to do in its place.
    pub instead: &'static str,
}

/// The incident report.
#[derive(Debug, Clone, Serialize)]
pub struct Incident {
    /// One sentence per root: from it to what people notice.
    pub chains: Vec<String>,
    /// Roots whose own cause is not proven, and the read that would decide.
    pub open_questions: Vec<String>,
    /// What to do, in order.
    pub recovery: Vec<Step>,
    /// What must not be done.
    pub refused: Vec<Refused>,
    /// Commands that show whether it is over.
    pub verification: Vec<String>,
    /// The logs that were read, in a few lines each.
    pub logs: Vec<LogSummary>,
    /// CPU and memory over time; absent when nobody asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// How not to meet it again.
    pub prevention: Vec<&'static str>,
    /// The inspection behind.
    #[serde(flatten)]
    pub inspection: Inspection,
}

/// Composes the incident report of a snapshot.
pub fn incident(snapshot: &Snapshot, scope: &str) -> Incident {
    let inspection = inspection(snapshot, scope);
    let findings = &inspection.findings;
    Incident {
        chains: chain::chains(&inspection.graph),
        open_questions: open_questions(&inspection),
        recovery: ways::steps(findings),
        refused: refusals::of(findings),
        verification: verification::commands(findings),
        prevention: ways::prevention(findings),
        logs: logged::summaries(snapshot),
        usage: None,
        inspection,
    }
}

impl Incident {
    /// Adds what was measured over time, and what could not be.
    #[must_use]
    pub fn with_measurements(mut self, measured: &Measurements) -> Self {
        let causes = self.inspection.findings.iter();
        let begin = causes
            .filter(|entry| entry.role == Role::Cause && entry.severity != Severity::Info)
            .filter_map(|entry| entry.since)
            .min();
        let moments = usage::moments(begin, &self.inspection.changes);
        self.usage = Some(usage::usage(measured, &moments));
        self
    }
}

/// Kinds that name a place and no mechanism: what stands behind them has to be read.
const OPEN_MODES: &[&str] = &[
    "startup-failing",
    "liveness-killing",
    "readiness-failing",
    "crashloop",
    "container-killed-unexplained",
    "app-error-exit",
    "pod-not-ready",
    "rollout-incomplete",
];

fn open_questions(inspection: &Inspection) -> Vec<String> {
    let roots = inspection
        .findings
        .iter()
        .filter(|entry| entry.role == Role::Cause && OPEN_MODES.contains(&entry.mode));
    let mut open: Vec<String> = roots
        .map(|entry| {
            let container = if entry.container.is_empty() {
                String::new()
            } else {
                format!(" of container {}", entry.container)
            };
            format!(
                "{} is the root area; its own cause is not proven. The previous log{container} in {} would decide",
                entry.mode, entry.object
            )
        })
        .collect();
    let circles = &inspection.cycles.would_be;
    open.extend(circles.iter().map(|circle| {
        format!(
            "Whether the chain closes into a circle: {}",
            circle.missing_proofs.join("; ")
        )
    }));
    open
}

/// The document of an incident report.
pub fn incident_document(report: &Incident) -> Document {
    let inspection = &report.inspection;
    let findings = &inspection.findings;
    let mut sections = Vec::new();
    push(&mut sections, "Summary", summary(report));
    push(
        &mut sections,
        "Root cause analysis",
        statements(findings, &[Role::Cause], true),
    );
    if !inspection.graph.edges.is_empty() {
        let picture = Block::Picture(inspection.graph.clone());
        push(&mut sections, "How it hangs together", vec![picture]);
    }
    push(&mut sections, "Circle", circles(&inspection.cycles));
    push(
        &mut sections,
        "What changed before",
        changed::blocks(&inspection.changes),
    );
    let usage = report.usage.as_ref();
    push(
        &mut sections,
        "CPU and memory over time",
        usage.map(Usage::blocks).unwrap_or_default(),
    );
    push(&mut sections, "What follows from it", symptoms(findings));
    push(
        &mut sections,
        "What the logs say",
        logged::blocks(&report.logs),
    );
    push(
        &mut sections,
        "Order of events",
        timeline(findings, &inspection.changes),
    );
    push(
        &mut sections,
        "Recommended fixes, in order",
        fixes(&report.recovery),
    );
    push(&mut sections, "Not to be done", refused(&report.refused));
    push(
        &mut sections,
        "Verification",
        commands(&report.verification),
    );
    push(
        &mut sections,
        "Prevention",
        list(report.prevention.iter().map(ToString::to_string)),
    );
    push(&mut sections, "What could not be read", unread(report));
    let (mark, status) = verdict(inspection);
    Document {
        title: format!("Incident report, {}", inspection.scope),
        mark,
        status: status.to_owned(),
        conclusion: inspection.summary.headline.clone(),
        footing: footing(
            inspection.captured_at,
            inspection.server_version.as_deref(),
            &inspection.ledger,
        ),
        sections,
    }
}

/// Reads that failed, and what could not be measured.
fn unread(report: &Incident) -> Vec<Block> {
    let mut blocks = gaps(&report.inspection.ledger, &report.inspection.undecided);
    let unmeasured = report.usage.iter().flat_map(|usage| &usage.gaps);
    blocks.extend(list(unmeasured.cloned()));
    blocks
}

/// How bad it is, in a mark and a word.
fn verdict(inspection: &Inspection) -> (Mark, &'static str) {
    let roots = inspection.findings.iter();
    let worst = roots
        .filter(|entry| entry.role == Role::Cause)
        .map(|entry| severity_mark(entry.severity))
        .min();
    match (inspection.summary.status, worst) {
        (InspectionStatus::Healthy, _) => (Mark::Ok, "healthy"),
        (_, Some(worst)) => (worst, "open"),
        (_, None) => (Mark::Unkn, "unknown"),
    }
}

fn summary(report: &Incident) -> Vec<Block> {
    let counts = &report.inspection.summary;
    let mut blocks = vec![Block::Text(format!(
        "{} independent causes explain {} symptoms.",
        counts.causes, counts.symptoms
    ))];
    blocks.extend(report.chains.iter().cloned().map(Block::Text));
    if !report.open_questions.is_empty() {
        blocks.push(Block::Text("Still open:".to_owned()));
        blocks.extend(list(report.open_questions.iter().cloned()));
    }
    blocks
}

fn symptoms(findings: &[CauseEntry]) -> Vec<Block> {
    let rows: Vec<Vec<String>> = findings
        .iter()
        .filter(|entry| entry.role == Role::Symptom)
        .map(|entry| {
            let more = match entry.affected {
                0 | 1 => String::new(),
                affected => format!(" and {} more", affected - 1),
            };
            let by: Vec<String> = entry
                .caused_by
                .iter()
                .map(|rank| format!("#{rank}"))
                .collect();
            vec![
                format!("#{}", entry.rank),
                entry.mode.to_owned(),
                format!("{}{more}", place(&entry.object)),
                entry.detail.chars().take(80).collect(),
                by.join(", "),
            ]
        })
        .collect();
    table(&["", "What", "Where", "Detail", "Explained by"], rows)
}

/// When each thing is known to have begun, with the changes that are blamed for it.
fn timeline(findings: &[CauseEntry], changes: &[ChangeEntry]) -> Vec<Block> {
    let found = findings
        .iter()
        .filter(|entry| entry.severity != Severity::Info)
        .filter_map(|entry| {
            let row = [entry.mode.to_owned(), place(&entry.object)];
            Some((entry.since?, entry.rank, row))
        });
    let blamed = changes
        .iter()
        .filter(|entry| entry.verdict == Some(Blame::Blamed))
        .filter_map(|entry| {
            let change = &entry.change;
            let row = [format!("change: {}", change.title()), place(&change.object)];
            // A change stands before what began in the same second.
            Some((change.at?, 0, row))
        });
    let mut known: Vec<(Timestamp, usize, [String; 2])> = found.chain(blamed).collect();
    known.sort();
    let rows = known
        .into_iter()
        .map(|(at, _, [what, place])| vec![format!("{at:.0}"), what, place])
        .collect();
    table(&["Since", "What", "Where"], rows)
}

fn fixes(steps: &[Step]) -> Vec<Block> {
    let rows = steps
        .iter()
        .map(|step| {
            vec![
                step.number.to_string(),
                step.kind.to_owned(),
                step.action.clone(),
                step.risk.to_owned(),
                step.clear_when.clone(),
            ]
        })
        .collect();
    let mut blocks = table(&["", "", "Step", "Risk", "Go on when"], rows);
    if !blocks.is_empty() {
        let said = "Each step begins only when the one before is cleared. Nothing here is done by this report.";
        blocks.push(Block::Text(said.to_owned()));
    }
    blocks
}

fn refused(list: &[Refused]) -> Vec<Block> {
    let rows = list
        .iter()
        .map(|entry| {
            vec![
                entry.action.clone(),
                entry.reason.to_owned(),
                entry.instead.to_owned(),
            ]
        })
        .collect();
    table(&["Refused", "Why", "Instead"], rows)
}

fn commands(lines: &[String]) -> Vec<Block> {
    if lines.is_empty() {
        return Vec::new();
    }
    vec![Block::Commands(lines.to_vec())]
}

fn list(items: impl Iterator<Item = String>) -> Vec<Block> {
    let items: Vec<String> = items.collect();
    if items.is_empty() {
        return Vec::new();
    }
    vec![Block::List(items)]
}

fn table(columns: &[&str], rows: Vec<Vec<String>>) -> Vec<Block> {
    if rows.is_empty() {
        return Vec::new();
    }
    let columns = columns.iter().map(ToString::to_string).collect();
    vec![Block::Table { columns, rows }]
}
