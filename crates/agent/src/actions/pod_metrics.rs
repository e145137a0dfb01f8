//! `huawei_get_cce_pod_metrics` and `huawei_get_cce_pod_metrics_topN`: CPU and memory of Pods.

use std::collections::BTreeMap;

use dogwatch_model::ports::{MetricsReader, PortFuture, Sample};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, contract, flexible::number, rows,
};

/// CPU and memory of one Pod.
#[derive(Debug)]
pub(super) struct PodMetrics;

/// The Pods that use most.
#[derive(Debug)]
pub(super) struct PodMetricsTop;

static ONE: ActionMeta = ActionMeta {
    name: "huawei_get_cce_pod_metrics",
    summary: "CPU and memory of one Pod against its limits.",
    required: &["pod_name"],
    effect: Effect::Reads,
};

static TOP: ActionMeta = ActionMeta {
    name: "huawei_get_cce_pod_metrics_topN",
    summary: "The Pods that use most CPU and memory.",
    required: &[],
    effect: Effect::Reads,
};

/// Said where no metrics source is configured.
const NO_SOURCE: &str = "no metrics source is configured: set DOGWATCH_PROMETHEUS_URL to a \
                         Prometheus-compatible API";

/// Parameters, besides region and cluster.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default)]
struct Request {
    /// Name of the Pod.
    pod_name: String,
    /// Only this Namespace.
    namespace: Option<String>,
    /// Only Pods whose name matches this regular expression.
    label_selector: Option<String>,
    /// Pods that are listed.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    top_n: u32,
    /// Hours over which is averaged.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    hours: u32,
    /// Query in place of the built-in one for CPU.
    cpu_query: Option<String>,
    /// Query in place of the built-in one for memory.
    memory_query: Option<String>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            pod_name: String::new(),
            namespace: None,
            label_selector: None,
            top_n: 10,
            hours: 1,
            cpu_query: None,
            memory_query: None,
        }
    }
}

impl Action for PodMetrics {
    fn meta(&self) -> &'static ActionMeta {
        &ONE
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
            let request: Request = parameters.decode(&ONE)?;
            let matchers = matchers(&[
                ("pod", Some(&request.pod_name)),
                ("namespace", request.namespace.as_ref()),
            ]);
            Ok(answer(context, &request, &matchers).await)
        })
    }
}

impl Action for PodMetricsTop {
    fn meta(&self) -> &'static ActionMeta {
        &TOP
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
            let request: Request = parameters.decode(&TOP)?;
            let matchers = matchers(&[("namespace", request.namespace.as_ref())]);
            Ok(answer(context, &request, &matchers).await)
        })
    }
}

/// Label matchers; values are escaped, because they come from outside.
fn matchers(pairs: &[(&str, Option<&String>)]) -> String {
    let terms: Vec<String> = pairs
        .iter()
        .filter_map(|(label, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            let value = value
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n");
            Some(format!("{label}=\"{value}\""))
        })
        .collect();
    terms.join(",")
}

/// CPU in percent of the limit, averaged over the window.
fn cpu(matchers: &str, hours: u32) -> String {
    let limits = with("resource=\"cpu\"", matchers);
    format!(
        "sum by (pod,namespace) (rate(container_cpu_usage_seconds_total{{{}}}[{hours}h])) \
         / on (pod,namespace) sum by (pod,namespace) \
         (kube_pod_container_resource_limits{{{limits}}}) * 100",
        with("image!=\"\"", matchers)
    )
}

/// Memory in percent of the limit, averaged over the window.
fn memory(matchers: &str, hours: u32) -> String {
    let limits = with("resource=\"memory\"", matchers);
    format!(
        "sum by (pod,namespace) \
         (avg_over_time(container_memory_working_set_bytes{{{}}}[{hours}h])) \
         / on (pod,namespace) sum by (pod,namespace) \
         (kube_pod_container_resource_limits{{{limits}}}) * 100",
        with("image!=\"\"", matchers)
    )
}

fn with(first: &str, matchers: &str) -> String {
    if matchers.is_empty() {
        first.to_owned()
    } else {
        format!("{first},{matchers}")
    }
}

async fn answer(context: &Context<'_>, request: &Request, matchers: &str) -> Map<String, Value> {
    let Some(metrics) = context.metrics else {
        return rows::map(json!({"success": false, "error": NO_SOURCE}));
    };
    let hours = request.hours.max(1);
    let cpu = request
        .cpu_query
        .clone()
        .unwrap_or_else(|| cpu(matchers, hours));
    let memory = request
        .memory_query
        .clone()
        .unwrap_or_else(|| memory(matchers, hours));
    let most = usize::try_from(request.top_n.max(1)).unwrap_or(usize::MAX);
    let at = context.reader.facts().now.unwrap_or(context.now);
    let mut result = Map::new();
    let mut errors = Vec::new();
    for (name, query, critical) in [("cpu", cpu, 80.0), ("memory", memory, 85.0)] {
        match metrics.query(&query, at).await {
            Ok(samples) => {
                let list = ranked(samples, most, critical);
                let state = if list.is_empty() { "no data" } else { "ok" };
                result.insert(
                    name.to_owned(),
                    json!({"unit": "percent of limit", "state": state, "pods": list}),
                );
            }
            Err(error) => errors.push(format!("{name}: {error}")),
        }
    }
    result.insert("success".to_owned(), json!(errors.is_empty()));
    result.insert("hours".to_owned(), json!(hours));
    result.insert("data_gaps".to_owned(), json!(errors));
    result
}

/// The highest values first; what is no number is left out.
fn ranked(samples: Vec<Sample>, most: usize, critical: f64) -> Vec<Value> {
    let mut samples: Vec<Sample> = samples
        .into_iter()
        .filter(|sample| sample.value.is_finite())
        .collect();
    samples.sort_by(|one, other| {
        other
            .value
            .total_cmp(&one.value)
            .then_with(|| one.labels.cmp(&other.labels))
    });
    samples
        .into_iter()
        .take(most)
        .map(|sample| {
            let labels: BTreeMap<String, String> = sample.labels.into_iter().collect();
            let status = if sample.value > critical {
                "critical"
            } else if sample.value > 50.0 {
                "warning"
            } else {
                "normal"
            };
            json!({
                "namespace": labels.get("namespace"),
                "pod": labels.get("pod"),
                "value": (sample.value * 100.0).round() / 100.0,
                "status": status,
            })
        })
        .collect()
}

/// CPU and memory of the named Pods, for other actions; says so when there is no source.
pub(super) async fn usage(
    context: &Context<'_>,
    namespace: &str,
    pods: &[String],
    hours: u32,
) -> Value {
    let Some(metrics) = context.metrics else {
        return json!({"state": "no source", "detail": NO_SOURCE});
    };
    let namespace = Some(namespace.to_owned());
    let matchers = matchers(&[("namespace", namespace.as_ref())]);
    let hours = hours.max(1);
    let at = context.reader.facts().now.unwrap_or(context.now);
    json!({
        "cpu": of_pods(metrics, &cpu(&matchers, hours), at, pods).await,
        "memory": of_pods(metrics, &memory(&matchers, hours), at, pods).await,
    })
}

async fn of_pods(
    metrics: &dyn MetricsReader,
    query: &str,
    at: jiff::Timestamp,
    pods: &[String],
) -> Value {
    match metrics.query(query, at).await {
        Ok(samples) => {
            let own = samples.into_iter().filter(|sample| {
                sample
                    .labels
                    .iter()
                    .any(|(label, value)| label == "pod" && pods.contains(value))
            });
            json!(ranked(own.collect(), pods.len().max(1), 80.0))
        }
        Err(error) => json!({"error": error}),
    }
}
