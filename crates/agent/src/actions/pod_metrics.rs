//! `huawei_get_cce_pod_metrics` and `huawei_get_cce_pod_metrics_topN`: CPU and memory of Pods.

use std::collections::BTreeMap;

use dogwatch_engine::metrics::thresholds;
use dogwatch_model::{
    Basis, Resource,
    ports::{MetricsReader, PortFuture, Sample},
};
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, contract, flexible::number, rows,
};
use crate::metrics::{Matchers, NO_SOURCE};

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
            let matchers = in_namespace(&request).equal("pod", &request.pod_name);
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
            let matchers = in_namespace(&request);
            Ok(answer(context, &request, &matchers).await)
        })
    }
}

fn in_namespace(request: &Request) -> Matchers {
    let namespace = request.namespace.as_deref().unwrap_or_default();
    Matchers::default().equal("namespace", namespace)
}

/// Usage in cores or bytes, averaged over the window.
fn used(resource: Resource, matchers: &Matchers, hours: u32) -> String {
    let of = |metric: &str| matchers.of(metric, &["image!=\"\""]);
    let averaged = match resource {
        Resource::Cpu => {
            let counter = of("container_cpu_usage_seconds_total");
            format!("rate({counter}[{hours}h])")
        }
        Resource::Memory => {
            let gauge = of("container_memory_working_set_bytes");
            format!("avg_over_time({gauge}[{hours}h])")
        }
        Resource::Disk => of("container_fs_usage_bytes"),
    };
    format!("sum by (pod,namespace) ({averaged})")
}

/// Usage in percent of a basis. A Pod without a limit is measured against its request, and one
/// without either against its node, so that none is invisible.
fn share(resource: Resource, basis: Basis, matchers: &Matchers, hours: u32) -> String {
    let own = format!("resource=\"{}\"", resource.word().to_ascii_lowercase());
    let sum = |metric: &str| {
        let selected = matchers.of(metric, &[&own]);
        format!("sum by (pod,namespace) ({selected})")
    };
    let limits = sum("kube_pod_container_resource_limits");
    let requests = sum("kube_pod_container_resource_requests");
    let of = |whole: &str| {
        let used = used(resource, matchers, hours);
        format!("{used} / on (pod,namespace) {whole} * 100")
    };
    let without = |known: &str| format!("unless on (pod,namespace) {known}");
    match basis {
        Basis::Limit => of(&limits),
        Basis::Request => format!("({}) {}", of(&requests), without(&limits)),
        Basis::Node => {
            let info = matchers.of("kube_pod_info", &[]);
            let node = format!(
                "sum by (pod,namespace) ({info} * on (node) group_left () \
                 sum by (node) (kube_node_status_allocatable{{{own}}}))"
            );
            let known = [without(&limits), without(&requests)].join(" ");
            format!("({}) {known}", of(&node))
        }
    }
}

/// Shares of Pods with their basis. Of an own query the basis is what it says.
async fn shares(
    metrics: &dyn MetricsReader,
    resource: Resource,
    asked: &Asked<'_>,
) -> Result<Vec<Share>, String> {
    let mut found = Vec::new();
    if let Some(query) = asked.own {
        let samples = metrics.query(query, asked.at).await?;
        found.extend(samples.into_iter().map(|sample| (None, sample)));
        return Ok(found);
    }
    for basis in [Basis::Limit, Basis::Request, Basis::Node] {
        let promql = share(resource, basis, asked.matchers, asked.hours);
        let samples = metrics.query(&promql, asked.at).await?;
        found.extend(samples.into_iter().map(|sample| (Some(basis), sample)));
    }
    Ok(found)
}

/// One Pod's share with what 100 % means.
type Share = (Option<Basis>, Sample);

/// What is asked.
struct Asked<'a> {
    /// Query in place of the built-in ones.
    own: Option<&'a str>,
    matchers: &'a Matchers,
    hours: u32,
    at: Timestamp,
}

async fn answer(
    context: &Context<'_>,
    request: &Request,
    matchers: &Matchers,
) -> Map<String, Value> {
    let Some(metrics) = context.metrics else {
        return rows::map(json!({"success": false, "error": NO_SOURCE}));
    };
    let hours = request.hours.max(1);
    let most = usize::try_from(request.top_n.max(1)).unwrap_or(usize::MAX);
    let mut result = Map::new();
    let mut errors = Vec::new();
    for (name, resource, own) in [
        ("cpu", Resource::Cpu, &request.cpu_query),
        ("memory", Resource::Memory, &request.memory_query),
    ] {
        let asked = Asked {
            own: own.as_deref(),
            matchers,
            hours,
            at: context.reader.facts().now.unwrap_or(context.now),
        };
        match shares(metrics, resource, &asked).await {
            Ok(found) => {
                let list = ranked(found, most, resource);
                let state = if list.is_empty() { "no data" } else { "ok" };
                result.insert(
                    name.to_owned(),
                    json!({"unit": "percent of basis", "state": state, "pods": list}),
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
fn ranked(mut found: Vec<Share>, most: usize, resource: Resource) -> Vec<Value> {
    found.retain(|(_, sample)| sample.value.is_finite());
    found.sort_by(|(_, one), (_, other)| {
        other
            .value
            .total_cmp(&one.value)
            .then_with(|| one.labels.cmp(&other.labels))
    });
    found
        .into_iter()
        .take(most)
        .map(|(basis, sample)| {
            let labels: BTreeMap<String, String> = sample.labels.into_iter().collect();
            json!({
                "namespace": labels.get("namespace"),
                "pod": labels.get("pod"),
                "value": (sample.value * 100.0).round() / 100.0,
                "basis": basis,
                "status": thresholds(resource).word(sample.value),
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
    let matchers = Matchers::default().equal("namespace", namespace);
    let asked = Asked {
        own: None,
        matchers: &matchers,
        hours: hours.max(1),
        at: context.reader.facts().now.unwrap_or(context.now),
    };
    json!({
        "cpu": of_pods(metrics, Resource::Cpu, &asked, pods).await,
        "memory": of_pods(metrics, Resource::Memory, &asked, pods).await,
    })
}

async fn of_pods(
    metrics: &dyn MetricsReader,
    resource: Resource,
    asked: &Asked<'_>,
    pods: &[String],
) -> Value {
    match shares(metrics, resource, asked).await {
        Ok(mut found) => {
            let is_own = |(label, value): &(String, String)| label == "pod" && pods.contains(value);
            found.retain(|(_, sample)| sample.labels.iter().any(is_own));
            json!(ranked(found, pods.len().max(1), resource))
        }
        Err(error) => json!({"error": error}),
    }
}
