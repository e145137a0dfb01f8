//! `huawei_get_cce_node_metrics` and `huawei_get_cce_node_metrics_topN`: CPU, memory and disk of nodes.

use dogwatch_model::{
    Resource, Series,
    ports::{MetricsReader, PortFuture},
};
use jiff::SignedDuration;
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, analysed, contract,
    flexible::number, rows,
};
use crate::metrics::{Matchers, NO_SOURCE, Window, node_usage};

/// CPU, memory and disk of one node.
#[derive(Debug)]
pub(super) struct NodeMetrics;

/// The nodes that use most.
#[derive(Debug)]
pub(super) struct NodeMetricsTop;

static ONE: ActionMeta = ActionMeta {
    name: "huawei_get_cce_node_metrics",
    summary: "CPU, memory and disk of one node over time.",
    required: &["node_ip"],
    effect: Effect::Reads,
};

static TOP: ActionMeta = ActionMeta {
    name: "huawei_get_cce_node_metrics_topN",
    summary: "The nodes that use most CPU, memory and disk.",
    required: &[],
    effect: Effect::Reads,
};

/// Most nodes that an answer lists.
const MAX_TOP: u32 = 100;

/// Parameters, besides region and cluster.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default)]
struct Request {
    /// Address or name by which the exporter names the node.
    node_ip: String,
    /// Nodes that are listed.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    top_n: u32,
    /// Hours that are looked at.
    #[serde(deserialize_with = "number")]
    #[schemars(with = "u32")]
    hours: u32,
    /// Query in place of the built-in one for CPU.
    cpu_query: Option<String>,
    /// Query in place of the built-in one for memory.
    memory_query: Option<String>,
    /// Query in place of the built-in one for the root file system.
    disk_query: Option<String>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            node_ip: String::new(),
            top_n: 10,
            hours: 1,
            cpu_query: None,
            memory_query: None,
            disk_query: None,
        }
    }
}

impl Request {
    fn own_query(&self, resource: Resource) -> Option<&str> {
        match resource {
            Resource::Cpu => self.cpu_query.as_deref(),
            Resource::Memory => self.memory_query.as_deref(),
            Resource::Disk => self.disk_query.as_deref(),
        }
    }
}

impl Action for NodeMetrics {
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
            Ok(answer(context, &request).await)
        })
    }
}

impl Action for NodeMetricsTop {
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
            let mut request: Request = parameters.decode(&TOP)?;
            // Of one node there is no order.
            request.node_ip.clear();
            Ok(answer(context, &request).await)
        })
    }
}

async fn answer(context: &Context<'_>, request: &Request) -> Map<String, Value> {
    let Some(metrics) = context.metrics else {
        return rows::map(json!({"success": false, "error": NO_SOURCE}));
    };
    let end = context.reader.facts().now.unwrap_or(context.now);
    let span = SignedDuration::from_hours(i64::from(request.hours.max(1)));
    let asking = Asking {
        metrics,
        request,
        window: Window::before(end, span),
    };
    let mut result = Map::new();
    let mut gaps = Vec::new();
    let resources = [Resource::Cpu, Resource::Memory, Resource::Disk];
    for (name, resource) in ["cpu", "memory", "disk"].into_iter().zip(resources) {
        match asking.series(resource).await {
            Ok(series) => {
                let nodes: Vec<Value> = series.iter().map(|one| row(one, resource)).collect();
                let state = if nodes.is_empty() { "no data" } else { "ok" };
                result.insert(
                    name.to_owned(),
                    json!({"unit": "percent of node", "state": state, "nodes": nodes}),
                );
            }
            Err(error) => gaps.push(format!("{name}: {error}")),
        }
    }
    result.insert("success".to_owned(), json!(gaps.is_empty()));
    result.insert("hours".to_owned(), json!(request.hours.max(1)));
    result.insert("data_gaps".to_owned(), json!(gaps));
    result
}

fn row(series: &Series, resource: Resource) -> Value {
    let mut row = analysed::share(series, resource);
    row["instance"] = json!(series.label("instance"));
    row["value"] = row["summary"]["average"].clone();
    row
}

/// What is asked of whom.
struct Asking<'a> {
    metrics: &'a dyn MetricsReader,
    request: &'a Request,
    window: Window,
}

impl Asking<'_> {
    /// Series of the nodes that are wanted, the highest average first.
    async fn series(&self, resource: Resource) -> Result<Vec<Series>, String> {
        let one = &self.request.node_ip;
        let matchers = match self.request.own_query(resource) {
            None if one.is_empty() => {
                let Some(top) = self.top(resource).await? else {
                    return Ok(Vec::new());
                };
                instances(top.iter().map(String::as_str))
            }
            None => instances([&**one]),
            Some(_) => Matchers::default(),
        };
        let promql = self.promql(resource, &matchers);
        let Window { start, end, step } = self.window;
        let mut series = self.metrics.range(&promql, start, end, step).await?;
        let average = |series: &Series| {
            dogwatch_engine::metrics::summary(series).map_or(f64::MIN, |said| said.average)
        };
        series.sort_by(|one, other| {
            average(other)
                .total_cmp(&average(one))
                .then_with(|| one.labels.cmp(&other.labels))
        });
        series.truncate(self.most());
        Ok(series)
    }

    fn most(&self) -> usize {
        let most = self.request.top_n.clamp(1, MAX_TOP);
        usize::try_from(most).unwrap_or(usize::MAX)
    }

    fn promql(&self, resource: Resource, matchers: &Matchers) -> String {
        let own = self.request.own_query(resource).map(str::to_owned);
        own.unwrap_or_else(|| node_usage(resource, matchers, &self.window.rate()))
    }

    /// The instances with the highest average over the whole time, by one instant query: so that the
    /// set is the same at every step.
    async fn top(&self, resource: Resource) -> Result<Option<Vec<String>>, String> {
        let inner = self.promql(resource, &Matchers::default());
        let hours = self.request.hours.max(1);
        let step = self.window.step.as_secs();
        let most = self.most();
        let promql = format!("topk({most}, avg_over_time(({inner})[{hours}h:{step}s]))");
        let samples = self.metrics.query(&promql, self.window.end).await?;
        let labels = samples.into_iter().flat_map(|sample| sample.labels);
        let names: Vec<String> = labels
            .filter(|(label, _)| label == "instance")
            .map(|(_, value)| value)
            .collect();
        Ok((!names.is_empty()).then_some(names))
    }
}

/// A port may follow an address and stands already behind an instance.
fn instances<'a>(names: impl IntoIterator<Item = &'a str>) -> Matchers {
    Matchers::default().any_of("instance", names, "(:[0-9]+)?")
}
