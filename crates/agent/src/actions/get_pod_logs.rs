//! `huawei_get_pod_logs`: the end of one container's log, redacted.

use dogwatch_model::{
    Kind, ReadOutcome,
    ports::{ListQuery, LogQuery, PortFuture},
    redaction::redact,
};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, contract,
    flexible::{flag, number},
    rows,
};
use crate::collect::read_one;

/// The end of one container's log, redacted.
#[derive(Debug)]
pub(super) struct GetPodLogs;

static META: ActionMeta = ActionMeta {
    name: "huawei_get_pod_logs",
    summary: "Reads the end of one container's log, redacted.",
    required: &["pod_name"],
    effect: Effect::Reads,
};

/// Bytes of a log that are read.
const LIMIT_BYTES: u32 = 256 * 1024;

/// Parameters, besides region and cluster.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default)]
struct Request {
    /// Name of the Pod.
    pod_name: String,
    /// Namespace of the Pod.
    namespace: String,
    /// Container; the first one when absent.
    container: Option<String>,
    /// The log of the previous incarnation.
    #[serde(deserialize_with = "flag")]
    #[schemars(with = "bool")]
    previous: bool,
    /// Lines from the end.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    tail_lines: u32,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            pod_name: String::new(),
            namespace: "default".to_owned(),
            container: None,
            previous: false,
            tail_lines: 80,
        }
    }
}

impl Action for GetPodLogs {
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
            let container = match &request.container {
                Some(container) => container.clone(),
                None => first_container(context, &request).await,
            };
            let query = LogQuery {
                namespace: request.namespace.clone(),
                pod: request.pod_name.clone(),
                container: container.clone(),
                previous: request.previous,
                tail_lines: request.tail_lines,
                limit_bytes: LIMIT_BYTES,
            };
            let read = context.reader.log(&query).await;
            let mut answer = rows::map(json!({
                "success": read.outcome.is_usable(),
                "namespace": request.namespace,
                "pod_name": request.pod_name,
                "container": container,
                "previous": request.previous,
                "logs": redact(&read.text),
            }));
            if let Some(error) = problem(&read.outcome) {
                answer.insert("error".to_owned(), json!(error));
            }
            Ok(answer)
        })
    }
}

fn problem(outcome: &ReadOutcome) -> Option<String> {
    match outcome {
        ReadOutcome::Ok { .. } | ReadOutcome::Truncated { .. } => None,
        ReadOutcome::Denied { message } => Some(format!("reading the log is denied: {message}")),
        ReadOutcome::TimedOut { last_error, .. } => {
            Some(format!("the log could not be read: {last_error}"))
        }
        ReadOutcome::Skipped { .. } => Some("there is no such log".to_owned()),
    }
}

async fn first_container(context: &Context<'_>, request: &Request) -> String {
    let query = ListQuery::one(Kind::Pod, &request.namespace, &request.pod_name);
    let snapshot = read_one(context.reader, query, context.now).await;
    let pod = snapshot.pods.first();
    let first = pod.and_then(|pod| pod.spec.containers.first());
    first
        .map(|container| container.name.to_string())
        .unwrap_or_default()
}
