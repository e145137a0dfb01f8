//! `huawei_pod_failure_diagnose`: abnormal Pods, why, and what to do.

use std::collections::BTreeMap;

use dogwatch_engine::report::{CauseEntry, inspection};
use dogwatch_model::{Kind, Role, Snapshot, ports::PortFuture, snapshot::Pod};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, contract,
    flexible::{flag, number},
    rows,
};
use crate::collect::{Limits, Scope, Silent, collect};

/// Abnormal Pods, why, and what to do.
#[derive(Debug)]
pub(super) struct PodFailureDiagnose;

static META: ActionMeta = ActionMeta {
    name: "huawei_pod_failure_diagnose",
    summary: "Diagnoses abnormal Pods: crash, image, memory, scheduling, storage, probes.",
    required: &[],
    effect: Effect::Reads,
};

/// Parameters, besides region and cluster.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default)]
struct Request {
    /// Only this Namespace.
    namespace: Option<String>,
    /// Only the Pod of this name.
    pod_name: Option<String>,
    /// Only Pods of this workload.
    workload_name: Option<String>,
    /// Only Pods with these labels (`key=value,...`).
    labels: Option<String>,
    /// Read logs of Pods with issues.
    #[serde(deserialize_with = "flag")]
    #[schemars(with = "bool")]
    include_logs: bool,
    /// Add CPU and memory of these Pods.
    #[serde(deserialize_with = "flag")]
    #[schemars(with = "bool")]
    include_metrics: bool,
    /// Lines from the end of each log.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    tail_lines: u32,
    /// Hours that metrics look back.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    hours: u32,
    /// Pods that are diagnosed at most.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    max_pods: u32,
    /// Events that are listed per Pod at most.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    event_limit: u32,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            namespace: None,
            pod_name: None,
            workload_name: None,
            labels: None,
            include_logs: true,
            include_metrics: false,
            tail_lines: 80,
            hours: 1,
            max_pods: 20,
            event_limit: 500,
        }
    }
}

impl Action for PodFailureDiagnose {
    fn meta(&self) -> &'static ActionMeta {
        &META
    }

    fn parameters(&self) -> Schema {
        schema_for!(Request)
    }

    fn result(&self) -> Schema {
        schema_for!(contract::PodFailureDiagnosis)
    }

    fn run<'a>(
        &'a self,
        context: &'a Context<'a>,
        parameters: Parameters,
    ) -> PortFuture<'a, Result<Map<String, Value>, CallError>> {
        Box::pin(async move {
            let request: Request = parameters.decode(&META)?;
            let scope = request
                .namespace
                .clone()
                .map_or(Scope::Cluster, Scope::Namespace);
            let limits = Limits {
                tail_lines: request.tail_lines,
                logs: if request.include_logs { 20 } else { 0 },
                ..Limits::default()
            };
            let snapshot = collect(context.reader, &scope, &limits, &Silent, context.now).await;
            let mut answer = answer(&snapshot, &request);
            if request.include_metrics {
                let names = names(&answer);
                let namespace = request.namespace.as_deref().unwrap_or_default();
                let usage =
                    super::pod_metrics::usage(context, namespace, &names, request.hours).await;
                answer.insert("metrics".to_owned(), usage);
            }
            Ok(answer)
        })
    }
}

fn names(answer: &Map<String, Value>) -> Vec<String> {
    let pods = answer
        .get("pods")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    pods.filter_map(|entry| entry.pointer("/pod/name")?.as_str().map(str::to_owned))
        .collect()
}

fn answer(snapshot: &Snapshot, request: &Request) -> Map<String, Value> {
    let report = inspection(snapshot, request.namespace.as_deref().unwrap_or("*"));
    let mut warnings = Vec::new();
    let selected: Vec<&Pod> = select(snapshot, request, &mut warnings);
    let issues_of = |pod: &Pod| -> Vec<&CauseEntry> {
        report
            .findings
            .iter()
            .filter(|cause| is_about(cause, pod))
            .collect()
    };
    let is_named = request.pod_name.is_some() || request.workload_name.is_some();
    let mut diagnosed: Vec<(&Pod, Vec<&CauseEntry>)> = selected
        .iter()
        .map(|pod| (*pod, issues_of(pod)))
        .filter(|(_, issues)| is_named || issues.iter().any(|cause| cause.role != Role::Note))
        .collect();
    let all = diagnosed.len();
    let most = usize::try_from(request.max_pods).unwrap_or(usize::MAX);
    if all > most {
        warnings.push(format!("{most} of {all} abnormal Pods are diagnosed"));
        diagnosed.truncate(most);
    }
    let causes: Vec<&CauseEntry> = report
        .findings
        .iter()
        .filter(|cause| diagnosed.iter().any(|(pod, _)| is_about(cause, pod)))
        .collect();
    let abnormal = diagnosed.iter().any(|(_, issues)| !issues.is_empty());
    let status = match (diagnosed.is_empty(), abnormal) {
        (true, _) => "no_matching_abnormal_pods",
        (false, true) => "abnormal",
        (false, false) => "no_known_failure_detected",
    };
    let pods: Vec<Value> = diagnosed
        .iter()
        .map(|(pod, issues)| pod_entry(snapshot, pod, issues, request.event_limit))
        .collect();
    rows::map(json!({
        "success": true,
        "summary": {
            "diagnosis_status": status,
            "diagnosed_pods": diagnosed.len(),
            "total_pods_seen": snapshot.pods.len(),
            "status_counts": counts(selected.iter().map(|pod| pod.status.phase.to_string())),
            "issue_counts": counts(causes.iter().map(|cause| cause.public_type.to_owned())),
        },
        "pods": pods,
        "top_causes": causes.iter().take(3).map(|cause| top_cause(cause)).collect::<Vec<_>>(),
        "recommended_actions": recommended(&causes),
        "warnings": warnings,
        "data_gaps": rows::data_gaps(snapshot),
        "next_skill": next_skill(&causes),
    }))
}

/// Owner references first; a name that merely contains the workload's is said so in a warning.
fn select<'a>(
    snapshot: &'a Snapshot,
    request: &Request,
    warnings: &mut Vec<String>,
) -> Vec<&'a Pod> {
    let labels = request.labels.as_deref().unwrap_or_default();
    let has_labels = |pod: &Pod| {
        labels
            .split(',')
            .filter(|term| !term.is_empty())
            .all(|term| {
                term.split_once('=')
                    .is_none_or(|(key, value)| pod.meta.labels.get(key) == Some(value))
            })
    };
    let named = request.pod_name.as_deref();
    let pods: Vec<&Pod> = snapshot
        .pods
        .iter()
        .filter(|pod| named.is_none_or(|name| pod.meta.name == name) && has_labels(pod))
        .collect();
    let Some(workload) = request.workload_name.as_deref() else {
        return pods;
    };
    let owned: Vec<&Pod> = pods
        .iter()
        .copied()
        .filter(|pod| is_owned(snapshot, pod, workload))
        .collect();
    if !owned.is_empty() {
        return owned;
    }
    let prefix = format!("{workload}-");
    let near: Vec<&Pod> = pods
        .into_iter()
        .filter(|pod| pod.meta.name.starts_with(&prefix))
        .collect();
    if !near.is_empty() {
        warnings.push(format!(
            "no Pod is owned by {workload}; Pods were chosen by name"
        ));
    }
    near
}

fn is_owned(snapshot: &Snapshot, pod: &Pod, workload: &str) -> bool {
    let Some(owner) = pod.meta.controller() else {
        return false;
    };
    if owner.name == workload {
        return true;
    }
    snapshot.replica_sets.iter().any(|set| {
        set.meta.uid == owner.uid && set.meta.controller().is_some_and(|up| up.name == workload)
    })
}

/// The Pod itself, or its workload where the cause stands for several Pods.
fn is_about(cause: &CauseEntry, pod: &Pod) -> bool {
    let same_place = cause.object.namespace == *pod.meta.namespace;
    let itself = cause.object.kind == Kind::Pod && cause.object.name == *pod.meta.name;
    let shares_owner = cause.affected > 1
        && cause.owner.as_ref().is_some_and(|owner| {
            pod.meta.controller().is_some_and(|known| {
                known.name == *owner.name || known.name.starts_with(&format!("{}-", owner.name))
            })
        });
    same_place && (itself || shares_owner)
}

fn pod_entry(snapshot: &Snapshot, pod: &Pod, issues: &[&CauseEntry], event_limit: u32) -> Value {
    let most = usize::try_from(event_limit).unwrap_or(usize::MAX);
    let events: Vec<Value> = snapshot
        .events_of(&pod.meta.uid)
        .iter()
        .rev()
        .take(most)
        .map(rows::event)
        .collect();
    let logs: Vec<Value> = snapshot
        .logs
        .iter()
        .filter(|log| log.key.pod == *pod.meta.name && log.key.namespace == *pod.meta.namespace)
        .map(|log| {
            let text = log.lines.join("\n");
            let from = text
                .char_indices()
                .rev()
                .nth(MAX_LOG_CHARS)
                .map_or(0, |(at, _)| at);
            json!({
                "container": log.key.container,
                "previous": log.key.previous,
                "text": &text[from..],
            })
        })
        .collect();
    let issues: Vec<Value> = issues.iter().map(|cause| top_cause(cause)).collect();
    json!({"pod": rows::pod(pod), "issues": issues, "events": events, "logs": logs})
}

/// Characters of a log in an answer.
const MAX_LOG_CHARS: usize = 6000;

fn top_cause(cause: &CauseEntry) -> Value {
    let mut value = rows::map(serde_json::to_value(cause).unwrap_or_default());
    value.insert("affected_count".to_owned(), json!(cause.affected));
    value.insert("affected_pods".to_owned(), json!([cause.object.name]));
    Value::Object(value)
}

fn counts(words: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

/// Everything that is not a read needs a confirmation; advice is not an action yet.
fn recommended(causes: &[&CauseEntry]) -> Vec<Value> {
    causes
        .iter()
        .filter(|cause| cause.role == Role::Cause)
        .flat_map(|cause| {
            cause.recommendation.iter().map(|advice| {
                json!({
                    "action": advice,
                    "source_cause": cause.public_type,
                    "requires_confirmation": true,
                })
            })
        })
        .collect()
}

fn next_skill(causes: &[&CauseEntry]) -> Option<&'static str> {
    let leads = |cause: &&&CauseEntry| {
        matches!(
            cause.public_type,
            "OOMKilled" | "SchedulingFailure" | "Evicted"
        )
    };
    causes
        .iter()
        .take(3)
        .find(leads)
        .map(|_| "huawei-cloud-cce-auto-remediation-runner")
}
