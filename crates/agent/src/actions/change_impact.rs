//! `huawei_change_impact_analyze`: which change came before an incident, scored by what it touched.
//!
//! Changes come from every source that the objects, a recording or an audit log give; what came with or
//! after the beginning of the incident is never its cause and is left out.

mod category;
mod row;
mod score;

use dogwatch_engine::{View, changes};
use dogwatch_model::{Alarm, Snapshot, Source, ports::PortFuture};
use jiff::{SignedDuration, Timestamp};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, contract,
    flexible::{flag, number, stated},
    rows, trace,
};
use crate::collect::{Limits, earlier};

/// Which change came before an incident.
#[derive(Debug)]
pub(super) struct ChangeImpact;

static META: ActionMeta = ActionMeta {
    name: "huawei_change_impact_analyze",
    summary: "Changes before an incident, with the fields that differ and a score of their reach.",
    required: &[],
    effect: Effect::Reads,
};

/// Changes that are listed.
const MAX_CHANGES: usize = 200;

/// Changes of the window that are scored, the newest ones: each looks at every Pod.
const MAX_SCORED: usize = 500;

/// Parameters, besides region and cluster.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default)]
#[allow(clippy::struct_excessive_bools)] // the flags are the contract
struct Request {
    /// Only this Namespace.
    namespace: Option<String>,
    /// Name of the workload.
    #[serde(alias = "target_name", alias = "app_name", alias = "name")]
    workload_name: Option<String>,
    /// When the incident began, RFC 3339; now when absent.
    #[serde(alias = "incident_time")]
    fault_time: Option<String>,
    /// Begin of the window, RFC 3339; takes the place of `hours`.
    start_time: Option<String>,
    /// End of the window, RFC 3339; the incident when absent.
    end_time: Option<String>,
    /// Hours before the incident that are looked at.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    hours: u32,
    /// Changes that are listed first.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    top_n: u32,
    /// Minutes after a change in which Events and alarms count as its effect.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    correlation_window_minutes: u32,
    /// Count what an audit log tells.
    #[serde(deserialize_with = "flag")]
    #[schemars(with = "bool")]
    include_audit: bool,
    /// Count Events after a change.
    #[serde(deserialize_with = "flag")]
    #[schemars(with = "bool")]
    include_k8s_events: bool,
    /// Count alarms after a change, where a source of alarms is configured.
    #[serde(deserialize_with = "flag")]
    #[schemars(with = "bool")]
    include_aom: bool,
    /// Count what the objects themselves tell.
    #[serde(deserialize_with = "flag")]
    #[schemars(with = "bool")]
    include_snapshots: bool,
    /// Id under which the answer is filed; made up when absent.
    analysis_trace_id: Option<String>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            namespace: None,
            workload_name: None,
            fault_time: None,
            start_time: None,
            end_time: None,
            hours: 1,
            top_n: 3,
            correlation_window_minutes: 30,
            include_audit: true,
            include_k8s_events: true,
            include_aom: true,
            include_snapshots: true,
            analysis_trace_id: None,
        }
    }
}

/// From when to when changes are looked at.
#[derive(Debug, Clone, Copy)]
struct Span {
    begin: Timestamp,
    /// What came with or after it is never the cause.
    incident: Timestamp,
}

impl Action for ChangeImpact {
    fn meta(&self) -> &'static ActionMeta {
        &META
    }

    fn parameters(&self) -> Schema {
        schema_for!(Request)
    }

    fn result(&self) -> Schema {
        schema_for!(contract::ChangeImpact)
    }

    fn run<'a>(
        &'a self,
        context: &'a Context<'a>,
        parameters: Parameters,
    ) -> PortFuture<'a, Result<Map<String, Value>, CallError>> {
        Box::pin(async move {
            let request: Request = parameters.decode(&META)?;
            // A time that is none is said before anything is read.
            let times = Times::of(&request)?;
            let snapshot = context
                .read(request.namespace.as_deref(), Limits::default())
                .await;
            let mut gaps = rows::data_gaps(&snapshot);
            let alarms = alarms(context, &request, &mut gaps).await;
            let span = times.span(snapshot.captured_at, request.hours);
            Ok(answer(&snapshot, &request, span, &alarms, gaps))
        })
    }
}

/// Times as the caller states them.
struct Times {
    fault: Option<Timestamp>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
}

impl Times {
    fn of(request: &Request) -> Result<Self, CallError> {
        let read = |name: &str, text: &Option<String>| {
            text.as_deref()
                .map(|at| stated(&META, name, at))
                .transpose()
        };
        Ok(Self {
            fault: read("fault_time", &request.fault_time)?,
            start: read("start_time", &request.start_time)?,
            end: read("end_time", &request.end_time)?,
        })
    }

    fn span(&self, now: Timestamp, hours: u32) -> Span {
        let incident = self.fault.or(self.end).unwrap_or(now);
        let back = SignedDuration::from_hours(i64::from(hours));
        Span {
            begin: self.start.unwrap_or_else(|| earlier(incident, back)),
            incident,
        }
    }
}

/// Every alarm that the configured sources know.
async fn alarms(context: &Context<'_>, request: &Request, gaps: &mut Vec<String>) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    if !request.include_aom {
        return alarms;
    }
    for source in context.alarms {
        match source.alerts().await {
            Ok(found) => alarms.extend(found),
            Err(error) => gaps.push(format!("alarms: {error}")),
        }
    }
    alarms
}

fn answer(
    snapshot: &Snapshot,
    request: &Request,
    span: Span,
    alarms: &[Alarm],
    mut gaps: Vec<String>,
) -> Map<String, Value> {
    let view = View::new(snapshot);
    let changes = changes(snapshot);
    let mut rows: Vec<(i64, Value)> = row::found(snapshot, &changes)
        .into_iter()
        .filter(|found| found.is_wanted(request) && found.is_within(span))
        .take(MAX_SCORED)
        .map(|found| found.row(&view, request, span, alarms))
        .collect();
    // Sorting is stable: equal scores stay newest first.
    rows.sort_by_key(|(score, _)| core::cmp::Reverse(*score));
    rows.truncate(MAX_CHANGES);
    let rows: Vec<Value> = rows.into_iter().map(|(_, row)| row).collect();
    let top: Vec<&Value> = rows.iter().take(request.top_n as usize).collect();
    if !snapshot.ledger.has(Source::AuditLog) {
        gaps.push(
            "no audit log was given: who made a change is known only as far as the objects say"
                .to_owned(),
        );
    }
    let asked = format!(
        "{:?}/{:?}/{}",
        request.namespace, request.workload_name, span.incident
    );
    let id = request.analysis_trace_id.clone();
    let id = id.unwrap_or_else(|| trace::id("CIA", snapshot.captured_at, &asked));
    rows::map(json!({
        "success": true,
        "analysis_trace_id": id,
        "analysis_window": {"start": span.begin, "end": span.incident},
        "scope": {"namespace": request.namespace, "target": request.workload_name},
        "summary": {
            "change_count": rows.len(),
            "top_change": top.first().map(|row| row["object_key"].clone()),
            "top_risk_level": top.first().map(|row| row["risk_level"].clone()),
        },
        "top_changes": top,
        "changes": rows,
        "report_markdown": markdown(&rows),
        "data_gaps": gaps,
        "capture_metadata": {
            "captured_at": snapshot.captured_at,
            "compared_with": snapshot.before.as_ref().map(|before| before.captured_at),
            "audit_records": snapshot.audit.len(),
            "alarms": alarms.len(),
        },
    }))
}

fn markdown(rows: &[Value]) -> String {
    let mut text = String::from("# Changes before the incident\n");
    for row in rows {
        let word = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let line = format!(
            "\n- {} ({}, {}): {}",
            word("object_key"),
            word("risk_level"),
            row["risk_score"],
            word("title")
        );
        // What comes from objects must not become markup.
        text.push_str(&line.replace(['<', '>', '`', '|'], " "));
    }
    text.push('\n');
    text
}
