//! `huawei_workload_rollout_diagnose`: the whole diagnosis of one workload.

use std::time::Duration;

use dogwatch_engine::report::object;
use dogwatch_model::{Kind, ObjectRef, ports::PortFuture};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, contract,
    flexible::{flag, number},
    rows,
};
use crate::collect::{Limits, Scope, Silent, collect};

/// The whole diagnosis of one workload.
#[derive(Debug)]
pub(super) struct WorkloadDiagnose;

static META: ActionMeta = ActionMeta {
    name: "huawei_workload_rollout_diagnose",
    summary: "Diagnoses the rollout of a Deployment, StatefulSet or DaemonSet.",
    required: &["namespace", "kind", "name"],
    effect: Effect::Reads,
};

/// Parameters, besides region and cluster.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Request {
    /// Namespace of the workload.
    pub(super) namespace: String,
    /// Deployment, StatefulSet or DaemonSet, or a short name.
    pub(super) kind: String,
    /// Name of the workload.
    pub(super) name: String,
    /// Label selector in place of the workload's own.
    pub(super) label_selector: Option<String>,
    /// List the Pods with issues.
    #[serde(deserialize_with = "flag")]
    #[schemars(with = "bool")]
    include_pod_diagnosis: bool,
    /// Read logs of Pods with issues.
    #[serde(deserialize_with = "flag")]
    #[schemars(with = "bool")]
    include_logs: bool,
    /// Add CPU and memory of the Pods with issues.
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
    /// Pods that are listed at most.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    max_pods: u32,
    /// Events that are listed at most.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    pub(super) event_limit: u32,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            namespace: String::new(),
            kind: String::new(),
            name: String::new(),
            label_selector: None,
            include_pod_diagnosis: true,
            include_logs: true,
            include_metrics: false,
            tail_lines: 80,
            hours: 1,
            max_pods: 20,
            event_limit: 500,
        }
    }
}

impl Request {
    /// The workload that is meant.
    pub(super) fn target(&self, meta: &ActionMeta) -> Result<ObjectRef, CallError> {
        let kind = Kind::parse(&self.kind)
            .ok()
            .filter(|kind| kind.is_rollout());
        let kind = kind.ok_or_else(|| {
            CallError::unusable(
                meta.name,
                format!(
                    "kind \"{}\" has no rollout: use Deployment, StatefulSet or DaemonSet",
                    self.kind
                ),
            )
        })?;
        Ok(ObjectRef::named(kind, &self.namespace, &self.name))
    }

    pub(super) fn scope(&self, target: &ObjectRef) -> Scope {
        Scope::Object {
            kind: target.kind,
            namespace: self.namespace.clone(),
            name: self.name.clone(),
            selector: self.label_selector.clone(),
        }
    }
}

impl Action for WorkloadDiagnose {
    fn meta(&self) -> &'static ActionMeta {
        &META
    }

    fn parameters(&self) -> Schema {
        schema_for!(Request)
    }

    fn result(&self) -> Schema {
        schema_for!(contract::WorkloadDiagnosis)
    }

    fn run<'a>(
        &'a self,
        context: &'a Context<'a>,
        parameters: Parameters,
    ) -> PortFuture<'a, Result<Map<String, Value>, CallError>> {
        Box::pin(async move {
            let request: Request = parameters.decode(&META)?;
            let target = request.target(&META)?;
            answer(context, &request, &target).await
        })
    }
}

async fn answer(
    context: &Context<'_>,
    request: &Request,
    target: &ObjectRef,
) -> Result<Map<String, Value>, CallError> {
    let limits = Limits {
        deadline: Duration::from_mins(1),
        tail_lines: request.tail_lines,
        logs: if request.include_logs { 20 } else { 0 },
        since: None,
        ..Limits::default()
    };
    let scope = request.scope(target);
    let snapshot = collect(context.reader, &scope, &limits, &Silent, context.now).await;
    let max_pods = usize::try_from(request.max_pods).unwrap_or(usize::MAX);
    let mut report = object(&snapshot, target, max_pods);
    if report.workload.is_none() {
        let gaps = rows::data_gaps(&snapshot);
        let error = match gaps.first() {
            Some(gap) => format!("{target} could not be read: {gap}"),
            None => format!("{target} does not exist"),
        };
        return Ok(rows::map(
            json!({"success": false, "error": error, "data_gaps": gaps}),
        ));
    }
    if let Some(selector) = &request.label_selector {
        selector.clone_into(&mut report.selector.value);
        report.selector.source = "override";
    }
    if !request.include_pod_diagnosis {
        report.pod_diagnosis.pods.clear();
    }
    report
        .events
        .timeline
        .truncate(usize::try_from(request.event_limit).unwrap_or(usize::MAX));
    if report.selector.value.is_empty() {
        report
            .warnings
            .push("selector: the workload selects every Pod of its Namespace".to_owned());
    }
    let pods: Vec<String> = report
        .pod_diagnosis
        .pods
        .iter()
        .map(|pod| pod.name.to_string())
        .collect();
    let document = serde_json::to_value(&report)
        .map_err(|error| CallError::unusable(META.name, error.to_string()))?;
    let mut document = rows::map(document);
    if request.include_metrics {
        let usage =
            super::pod_metrics::usage(context, &request.namespace, &pods, request.hours).await;
        document.insert("metrics".to_owned(), usage);
    }
    Ok(document)
}
