//! `huawei_change_impact_analyze`: which change came before an incident, scored by what it touched.
//!
//! Changes are read from the versions of workloads. Audit logs are not read: who changed something is
//! told only as far as the objects say.

use dogwatch_engine::{Change, changes};
use dogwatch_model::{
    Snapshot,
    ports::PortFuture,
    snapshot::{Event, Pod},
};
use jiff::{SignedDuration, Timestamp};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, contract, flexible::number, rows,
    trace,
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

/// Score of a new version of a workload before anything else is known.
const RELEASE: i64 = 45;

/// Parameters, besides region and cluster.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default)]
struct Request {
    /// Only this Namespace.
    namespace: Option<String>,
    /// Name of the workload.
    #[serde(alias = "target_name", alias = "app_name", alias = "name")]
    workload_name: Option<String>,
    /// When the incident began, RFC 3339; now when absent.
    #[serde(alias = "incident_time")]
    fault_time: Option<String>,
    /// Hours before the incident that are looked at.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    hours: u32,
    /// Changes that are listed first.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    top_n: u32,
    /// Minutes after a change in which Events count as its effect.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    correlation_window_minutes: u32,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            namespace: None,
            workload_name: None,
            fault_time: None,
            hours: 1,
            top_n: 3,
            correlation_window_minutes: 30,
        }
    }
}

impl Action for ChangeImpact {
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
            let stated = request.fault_time.as_deref().map(stated).transpose()?;
            let snapshot = context
                .read(request.namespace.as_deref(), Limits::default())
                .await;
            let incident = stated.unwrap_or(snapshot.captured_at);
            let begin = earlier(
                incident,
                SignedDuration::from_hours(i64::from(request.hours)),
            );
            let mut scored: Vec<Value> = changes(&snapshot)
                .iter()
                .filter(|change| is_meant(change, &request))
                // A change after the incident began is never its cause.
                .filter(|change| change.at.is_some_and(|at| at >= begin && at <= incident))
                .map(|change| row(&snapshot, change, incident, &request))
                .collect();
            scored.sort_by_key(|row| core::cmp::Reverse(row["risk_score"].as_i64()));
            let top: Vec<&Value> = scored.iter().take(request.top_n as usize).collect();
            let asked = format!(
                "{:?}/{:?}/{incident}",
                request.namespace, request.workload_name
            );
            let mut gaps = rows::data_gaps(&snapshot);
            gaps.push("audit logs are not read: who made a change is not known".to_owned());
            Ok(rows::map(json!({
                "success": true,
                "analysis_trace_id": trace::id("CIA", snapshot.captured_at, &asked),
                "analysis_window": {"start": begin, "end": incident},
                "scope": {"namespace": request.namespace, "target": request.workload_name},
                "summary": {
                    "change_count": scored.len(),
                    "top_change": top.first().map(|row| row["object_key"].clone()),
                },
                "top_changes": top,
                "changes": scored,
                "report_markdown": markdown(&scored),
                "data_gaps": gaps,
                "capture_metadata": {"captured_at": snapshot.captured_at},
            })))
        })
    }
}

/// The time at which the trouble began, as the caller says.
fn stated(at: &str) -> Result<Timestamp, CallError> {
    at.parse().map_err(|_| {
        let message = "`fault_time` is no time: write it as 2026-01-31T03:04:05Z";
        CallError::unusable(META.name, message)
    })
}

fn is_meant(change: &Change, request: &Request) -> bool {
    let object = &change.object;
    let is_name = |name: &String| object.name == **name;
    request.workload_name.as_ref().is_none_or(is_name)
}

fn row(snapshot: &Snapshot, change: &Change, incident: Timestamp, request: &Request) -> Value {
    let object = &change.object;
    let at = change.at.unwrap_or(incident);
    let pods = pods_of(snapshot, change);
    let window = SignedDuration::from_mins(i64::from(request.correlation_window_minutes));
    let events = events_after(snapshot, change, &pods, at, window);
    let services = snapshot
        .services
        .iter()
        .filter(|service| {
            !service.spec.selector.is_empty()
                && service.meta.namespace == object.namespace
                && pods.iter().any(|pod| {
                    let mut wanted = service.spec.selector.iter();
                    wanted.all(|(key, value)| pod.meta.labels.get(key) == Some(value))
                })
        })
        .map(|service| service.meta.name.to_string())
        .collect::<Vec<_>>();
    let reach = pods.len() + services.len();
    let minutes = incident.duration_since(at).as_mins();
    let near = (15 - minutes / 2).max(0);
    let warned = i64::try_from(events)
        .unwrap_or(i64::MAX)
        .saturating_mul(3)
        .min(10);
    let blast = match reach {
        20.. => 12,
        5.. => 7,
        1.. => 3,
        0 => 0,
    };
    let aim = if request.workload_name.is_some() {
        8
    } else {
        4
    };
    let total = RELEASE + near + warned + blast + aim;
    let fields: Vec<&str> = change.fields.iter().map(|field| &*field.path).collect();
    json!({
        "time": change.at,
        "verb": "update",
        "resource": object.kind.info().plural,
        "namespace": object.namespace,
        "name": object.name,
        "object_key": object.to_string(),
        "category": "workload_release",
        "title": format!("{} replaced {}", change.version, change.before),
        "actor": change.managed_by,
        "semantic_fields": fields,
        "differences": change.fields,
        "has_unread_fields": change.has_unread_fields,
        "blast_radius": reach,
        "impacted_entities": {
            "pods": pods.iter().map(|pod| pod.meta.name.to_string()).collect::<Vec<_>>(),
            "services": services,
        },
        "risk_score": total,
        "risk_level": level(total),
        "risk_reasons": [
            format!("a new version of a workload: {RELEASE}"),
            format!("{minutes} minutes before the incident: {near}"),
            format!("{events} warnings on it afterwards: {warned}"),
            format!("{reach} objects behind it: {blast}"),
            format!("scope: {aim}"),
        ],
    })
}

const fn level(score: i64) -> &'static str {
    match score {
        85.. => "Critical",
        70.. => "High",
        50.. => "Medium",
        _ => "Low",
    }
}

/// Pods of the new version.
fn pods_of<'a>(snapshot: &'a Snapshot, change: &Change) -> Vec<&'a Pod> {
    snapshot
        .pods
        .iter()
        .filter(|pod| {
            let owner = pod.meta.controller();
            pod.meta.namespace == change.object.namespace
                && owner.is_some_and(|owner| {
                    owner.name == *change.version || owner.name == change.object.name
                })
        })
        .collect()
}

/// Warnings about exactly this workload, its version or its Pods, within the window after the change.
fn events_after(
    snapshot: &Snapshot,
    change: &Change,
    pods: &[&Pod],
    at: Timestamp,
    window: SignedDuration,
) -> usize {
    let is_about = |event: &&Event| {
        let uid = &event.involved.uid;
        *uid == change.object.uid
            || event.involved.name == *change.version
            || pods.iter().any(|pod| pod.meta.uid == *uid)
    };
    let in_window = |event: &&Event| {
        let seen = event.last_seen;
        seen.is_some_and(|seen| seen >= at && seen.duration_since(at) <= window)
    };
    let warnings = snapshot
        .events
        .iter()
        .filter(|event| event.kind == "Warning");
    warnings.filter(in_window).filter(is_about).count()
}

fn markdown(scored: &[Value]) -> String {
    let mut text = String::from("# Changes before the incident\n");
    for row in scored {
        let line = format!(
            "\n- {} ({}, {}): {}",
            row["object_key"].as_str().unwrap_or_default(),
            row["risk_level"].as_str().unwrap_or_default(),
            row["risk_score"],
            row["title"].as_str().unwrap_or_default()
        );
        text.push_str(&line);
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_follow_the_score() {
        let words: Vec<&str> = [90, 85, 70, 50, 49].into_iter().map(level).collect();
        assert_eq!(words, ["Critical", "Critical", "High", "Medium", "Low"]);
    }
}
