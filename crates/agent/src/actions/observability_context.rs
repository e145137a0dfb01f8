//! `huawei_get_observability_context`: everything that was observed about a scope, before anybody
//! concludes: alarms, Events, metrics, logs, a timeline, and what is missing.

use std::collections::BTreeMap;

use dogwatch_engine::{
    logs::templates,
    report::{Usage, inspection, usage},
};
use dogwatch_model::{Alarm, Snapshot, ports::PortFuture};
use jiff::SignedDuration;
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, contract, flexible::number,
    pod_metrics, rows,
};
use crate::{
    collect::{Limits, earlier},
    metrics::{Window, measure},
};

/// Everything that was observed about a scope.
#[derive(Debug)]
pub(super) struct ObservabilityContext;

static META: ActionMeta = ActionMeta {
    name: "huawei_get_observability_context",
    summary: "Alarms, Events, metrics and logs of a scope with a timeline and the gaps.",
    required: &[],
    effect: Effect::Reads,
};

/// Groups of Events and templates of a log that are listed.
const LISTED: usize = 20;

/// Parameters, besides region and cluster.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default)]
struct Request {
    /// Only this Namespace.
    namespace: Option<String>,
    /// Name of the workload.
    #[serde(alias = "target_name", alias = "name")]
    workload_name: Option<String>,
    /// Hours that are looked at; an assumption that the answer states.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    hours: u32,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            namespace: None,
            workload_name: None,
            hours: 1,
        }
    }
}

impl Action for ObservabilityContext {
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
            let window = SignedDuration::from_hours(i64::from(request.hours.max(1)));
            let limits = Limits {
                since: Some(window),
                ..Limits::default()
            };
            let snapshot = context.read(request.namespace.as_deref(), limits).await;
            let place = request.namespace.as_deref().unwrap_or("*");
            let report = inspection(&snapshot, place);
            let pods: Vec<String> = snapshot
                .pods
                .iter()
                .filter(|pod| is_named(&pod.meta.name, &request))
                .map(|pod| pod.meta.name.to_string())
                .collect();
            let namespace = request.namespace.as_deref().unwrap_or_default();
            let metrics = pod_metrics::usage(context, namespace, &pods, request.hours).await;
            let mut gaps = rows::data_gaps(&snapshot);
            let over_time = over_time(context, &snapshot, &request, window).await;
            gaps.extend(over_time.gaps.iter().cloned());
            let alarms = alarms(context, &snapshot, &request, &mut gaps).await;
            let begin = earlier(snapshot.captured_at, window);
            Ok(rows::map(json!({
                "success": true,
                "summary": report.summary.headline,
                "scope": {
                    "namespace": request.namespace,
                    "workload": request.workload_name,
                    "time_window": {"start": begin, "end": snapshot.captured_at},
                    "assumption": format!("the last {} h are looked at", request.hours.max(1)),
                },
                "signals": {
                    "alarms": alarms,
                    "events": events(&snapshot, &request),
                    "metrics": {"average": metrics, "over_time": over_time.entries},
                    "logs": logs(&snapshot, &request),
                },
                "timeline": timeline(&snapshot, &request),
                "gaps": gaps,
                "next_skill": "huawei-cloud-cce-root-cause-analyzer",
            })))
        })
    }
}

/// CPU and memory of the workload over time: levels that changed, and when.
async fn over_time(
    context: &Context<'_>,
    snapshot: &Snapshot,
    request: &Request,
    span: SignedDuration,
) -> Usage {
    let rollouts = dogwatch_engine::rollout::rollouts(snapshot);
    let target = rollouts
        .iter()
        .map(|rollout| &rollout.object)
        .find(|object| {
            let is_there = |namespace: &String| object.namespace == *namespace.as_str();
            request.workload_name.as_deref() == Some(&object.name)
                && request.namespace.as_ref().is_none_or(is_there)
        });
    let window = Window::before(snapshot.captured_at, span);
    usage(
        &measure(context.metrics, snapshot, target, window).await,
        &[],
    )
}

/// What the recording holds, and what the sources of alarms say.
async fn alarms(
    context: &Context<'_>,
    snapshot: &Snapshot,
    request: &Request,
    gaps: &mut Vec<String>,
) -> Vec<Value> {
    let held = snapshot.alerts.iter().map(|alert| {
        json!({"name": alert.name, "object": alert.object, "description": alert.description})
    });
    let mut rows: Vec<Value> = held.collect();
    for source in context.alarms {
        match source.alerts().await {
            Ok(told) => {
                let meant = told.iter().filter(|alarm| is_meant(alarm, request));
                rows.extend(meant.map(|alarm| {
                    let mut row = json!(alarm);
                    row["object"] = json!(alarm.object());
                    row
                }));
            }
            Err(error) => gaps.push(format!("alarms: {error}")),
        }
    }
    rows
}

/// Alarms about other Namespaces and other workloads are left out; those about no object and about
/// nodes are not.
fn is_meant(alarm: &Alarm, request: &Request) -> bool {
    let Some(object) = alarm.object() else {
        return true;
    };
    let is_there = |namespace: &String| object.namespace == *namespace.as_str();
    object.namespace.is_empty()
        || request.namespace.as_ref().is_none_or(is_there) && is_named(&object.name, request)
}

/// Names of Pods begin with the name of their workload.
fn is_named(name: &str, request: &Request) -> bool {
    let wanted = request.workload_name.as_deref();
    wanted.is_none_or(|wanted| {
        name == wanted
            || name
                .strip_prefix(wanted)
                .is_some_and(|rest| rest.starts_with('-'))
    })
}

/// Events by involved object and reason, the most frequent first.
fn events(snapshot: &Snapshot, request: &Request) -> Vec<Value> {
    let mut groups: BTreeMap<(String, String), (i64, String)> = BTreeMap::new();
    for event in &snapshot.events {
        if !is_named(&event.involved.name, request) {
            continue;
        }
        let object = format!("{}/{}", event.involved.kind, event.involved.name);
        let group = groups
            .entry((object, event.reason.to_string()))
            .or_default();
        group.0 += event.count.max(1);
        group.1 = dogwatch_model::redaction::redact(&event.message);
    }
    let mut rows: Vec<_> = groups.into_iter().collect();
    rows.sort_by_key(|(key, (count, _))| (core::cmp::Reverse(*count), key.clone()));
    rows.truncate(LISTED);
    rows.into_iter()
        .map(|((object, reason), (count, message))| {
            json!({"object": object, "reason": reason, "count": count, "message": message})
        })
        .collect()
}

/// Logs in a few lines each.
fn logs(snapshot: &Snapshot, request: &Request) -> Vec<Value> {
    let meant = snapshot
        .logs
        .iter()
        .filter(|log| is_named(&log.key.pod, request));
    meant
        .take(LISTED)
        .map(|log| {
            json!({
                "pod": log.key.pod,
                "container": log.key.container,
                "previous": log.key.previous,
                "templates": templates(log.lines.iter().map(String::as_str), 10),
            })
        })
        .collect()
}

/// Warnings in the order in which they were seen last.
fn timeline(snapshot: &Snapshot, request: &Request) -> Vec<Value> {
    let mut warnings: Vec<_> = snapshot
        .events
        .iter()
        .filter(|event| event.kind == "Warning" && is_named(&event.involved.name, request))
        .filter_map(|event| Some((event.last_seen?, event)))
        .collect();
    warnings.sort_by_key(|(at, event)| (*at, event.uid.clone()));
    let from = warnings.len().saturating_sub(LISTED);
    warnings[from..]
        .iter()
        .map(|(at, event)| {
            json!({
                "time": at,
                "object": format!("{}/{}", event.involved.kind, event.involved.name),
                "reason": event.reason,
            })
        })
        .collect()
}
