//! `huawei_root_cause_analyze`: rollout, dependencies and changes in one answer, ranked by the causal
//! rules.

use dogwatch_engine::{
    Blame,
    report::{CauseEntry, ChangeEntry, Inspection, inspection},
};
use dogwatch_model::{Role, Severity, ports::PortFuture};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, contract, dependency_impact, rows,
    trace,
};
use crate::collect::Limits;

/// Root causes of what is wrong in a Namespace or with a workload.
#[derive(Debug)]
pub(super) struct RootCause;

static META: ActionMeta = ActionMeta {
    name: "huawei_root_cause_analyze",
    summary: "Names root causes with evidence, counter-evidence and circles; impact stands apart.",
    required: &[],
    effect: Effect::Reads,
};

/// Types whose remedy is the version before.
const ROLLBACK_TYPES: &[&str] = &[
    "ContainerCommandNotFound",
    "CrashLoopOrAppExit",
    "ProbeFailure",
    "ImagePullBackOff",
];

/// Parameters, besides region and cluster.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Request {
    /// Only this Namespace.
    pub(super) namespace: Option<String>,
    /// Kind of the workload.
    #[serde(alias = "workload_type")]
    kind: Option<String>,
    /// Name of the workload.
    #[serde(alias = "target_name", alias = "app_name", alias = "name")]
    pub(super) workload_name: Option<String>,
}

impl Action for RootCause {
    fn meta(&self) -> &'static ActionMeta {
        &META
    }

    fn parameters(&self) -> Schema {
        schema_for!(Request)
    }

    fn result(&self) -> Schema {
        schema_for!(contract::Rows)
    }

    fn run<'a>(
        &'a self,
        context: &'a Context<'a>,
        parameters: Parameters,
    ) -> PortFuture<'a, Result<Map<String, Value>, CallError>> {
        Box::pin(async move {
            let request: Request = parameters.decode(&META)?;
            let snapshot = context
                .read(request.namespace.as_deref(), Limits::default())
                .await;
            let place = request.namespace.as_deref().unwrap_or("*");
            let report = inspection(&snapshot, place);
            let causes: Vec<Value> = about(&report, &request).map(cause).collect();
            let impact = dependency_impact::impact(&snapshot, &request);
            let asked = format!(
                "{place}/{}",
                request.workload_name.as_deref().unwrap_or("*")
            );
            Ok(rows::map(json!({
                "success": true,
                "analysis_trace_id": trace::id("RCA", snapshot.captured_at, &asked),
                "summary": {
                    "top_cause": causes.first().and_then(|cause| cause.get("type")),
                    "cause_count": causes.len(),
                    "data_sources": ["rollout", "dependency", "change"],
                },
                "top_causes": causes,
                "causes": report.findings.iter().filter(|entry| entry.role == Role::Symptom).map(cause).collect::<Vec<_>>(),
                "cycles": report.cycles,
                "changes": report.changes,
                "dependency_impact": impact,
                "undecided": report.undecided,
                "data_gaps": rows::data_gaps(&snapshot),
                "report_markdown": markdown(&report, &request),
                "capture_metadata": {
                    "captured_at": snapshot.captured_at,
                    "reads": snapshot.ledger.entries().len(),
                },
            })))
        })
    }
}

/// Root causes that concern the workload that was named; all when none was.
fn about<'a>(
    report: &'a Inspection,
    request: &'a Request,
) -> impl Iterator<Item = &'a CauseEntry> + 'a {
    let wanted = relevant(report, request);
    report.findings.iter().filter(move |entry| {
        entry.role == Role::Cause
            && entry.severity != Severity::Info
            && wanted
                .as_ref()
                .is_none_or(|ranks| ranks.contains(&entry.rank))
    })
}

/// Ranks of the entries about the workload and of everything that explains them.
fn relevant(report: &Inspection, request: &Request) -> Option<Vec<usize>> {
    let name = request.workload_name.as_deref()?;
    let is_kind = |kind: &str| {
        request
            .kind
            .as_deref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(kind))
    };
    let is_about = |entry: &&CauseEntry| {
        let objects = [Some(&entry.object), entry.owner.as_ref()];
        let mut named = objects.into_iter().flatten();
        named.any(|object| object.name == *name && is_kind(object.kind.name()))
    };
    let mut ranks: Vec<usize> = report
        .findings
        .iter()
        .filter(is_about)
        .map(|entry| entry.rank)
        .collect();
    let mut at = 0;
    while at < ranks.len() {
        let entry = report.findings.iter().find(|entry| entry.rank == ranks[at]);
        for cause in entry.map_or(&[][..], |entry| &entry.caused_by) {
            if !ranks.contains(cause) {
                ranks.push(*cause);
            }
        }
        at += 1;
    }
    Some(ranks)
}

fn cause(entry: &CauseEntry) -> Value {
    let hint = ROLLBACK_TYPES.contains(&entry.public_type).then(|| {
        json!({
            "skill": "huawei-cloud-cce-auto-remediation-runner",
            "action": "huawei_auto_remediation_run",
            "strategy": "rollback_previous_revision",
        })
    });
    json!({
        "rank": entry.rank,
        "type": entry.public_type,
        "mode": entry.mode,
        "title": entry.title,
        "domain": entry.check.as_str().split('/').next(),
        "object": entry.object,
        "owner": entry.owner,
        "since": entry.since,
        "confidence": entry.confidence,
        "evidence": entry.evidence,
        "counter_evidence": entry.counter_evidence,
        "caused_by": entry.caused_by,
        "recommendation": entry.recommendation,
        "remediation_hint": hint,
    })
}

/// A change in one line, with what it is blamed for.
fn changed(entry: &ChangeEntry) -> String {
    let change = &entry.change;
    let verdict = match entry.verdict {
        Some(Blame::Blamed) => "blamed for",
        Some(Blame::Coincides) | None => "coincides with",
    };
    let ranks: Vec<String> = entry.causes.iter().map(|rank| format!("#{rank}")).collect();
    let ranks = ranks.join(", ");
    plain(&format!(
        "- {}: {}, {verdict} {ranks}",
        change.object,
        change.title()
    ))
}

/// The nine sections of the report.
fn markdown(report: &Inspection, request: &Request) -> String {
    let of_role = |role: Role| -> Vec<String> {
        let entries = report.findings.iter().filter(|entry| entry.role == role);
        entries.map(line).collect()
    };
    let told = report
        .changes
        .iter()
        .filter(|entry| entry.verdict.is_some());
    let circles = report.cycles.proven.iter().chain(&report.cycles.would_be);
    let sections = [
        ("Summary", vec![plain(&report.summary.headline)]),
        ("Root causes", about(report, request).map(line).collect()),
        (
            "Evidence",
            about(report, request).flat_map(evidence).collect(),
        ),
        ("Symptoms", of_role(Role::Symptom)),
        (
            "Circles",
            circles
                .map(|circle| format!("- {}", circle.chain.join("; ")))
                .collect(),
        ),
        ("Changes", told.map(changed).collect()),
        (
            "Recommendations",
            about(report, request).flat_map(advice).collect(),
        ),
        ("Worth knowing", of_role(Role::Note)),
        (
            "Not known",
            report
                .data_gaps
                .iter()
                .map(|gap| format!("- {}", plain(gap)))
                .collect(),
        ),
    ];
    let mut text = String::from("# Root cause analysis\n");
    for (heading, lines) in sections {
        let body = if lines.is_empty() {
            "none".to_owned()
        } else {
            lines.join("\n")
        };
        text.push_str("\n## ");
        text.push_str(heading);
        text.push_str("\n\n");
        text.push_str(&body);
        text.push('\n');
    }
    text
}

fn line(entry: &CauseEntry) -> String {
    let title = plain(&entry.title);
    format!(
        "- #{} `{}` {}: {title}",
        entry.rank, entry.mode, entry.object
    )
}

fn evidence(entry: &CauseEntry) -> impl Iterator<Item = String> + '_ {
    let quoted = entry.evidence.iter();
    quoted.map(|cited| {
        format!(
            "- {} {}: {}",
            cited.id,
            cited.fact.field,
            plain(&cited.fact.value)
        )
    })
}

fn advice(entry: &CauseEntry) -> impl Iterator<Item = String> + '_ {
    entry
        .recommendation
        .iter()
        .map(|advice| format!("- {advice}"))
}

/// Text from a cluster, without anything that Markdown would read as markup.
fn plain(text: &str) -> String {
    let keep = |c: char| {
        if matches!(c, '<' | '>' | '`' | '[' | ']' | '|' | '\n' | '\r') {
            ' '
        } else {
            c
        }
    };
    text.chars().map(keep).collect()
}
