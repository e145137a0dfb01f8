//! Measures Pods and nodes of a snapshot over time.
//!
//! What 100 % means is known from the snapshot: the limit, else the request, else what the node has.
//! So nothing is invisible because it has no limit, and no exporter of limits is needed.

mod basis;
mod promql;

use core::time::Duration;
use std::collections::BTreeMap;

use dogwatch_engine::View;
use dogwatch_model::{
    Kind, Measurement, Measurements, ObjectRef, Resource, Series, Snapshot,
    ports::MetricsReader,
    snapshot::{Node, Pod},
};
use jiff::{SignedDuration, Timestamp};

use crate::collect::earlier;
pub(crate) use promql::{Matchers, node_usage, of_instances, of_node};

/// Said where no metrics source is configured.
pub const NO_SOURCE: &str = "no metrics source is configured: set DOGWATCH_PROMETHEUS_URL to a \
                             Prometheus-compatible API";

/// Pods that are measured, and nodes: their names stand in one query.
const MAX_PODS: usize = 20;
const MAX_NODES: usize = 10;

/// Names in one sentence about what has no data.
const MAX_NAMES: usize = 5;

/// Points of one series, about: more do not show more.
const POINTS: u32 = 120;

/// Shortest time between two points: sources scrape every 15 to 60 seconds.
const SHORTEST_STEP: Duration = Duration::from_mins(1);

/// From when to when is asked, and how far the points are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first point.
    pub start: Timestamp,
    /// The last point.
    pub end: Timestamp,
    /// Between two points.
    pub step: Duration,
}

impl Window {
    /// The time before an end, in about 120 points.
    pub fn before(end: Timestamp, span: SignedDuration) -> Self {
        let whole = Duration::try_from(span).unwrap_or(SHORTEST_STEP);
        let step = Duration::from_secs((whole / POINTS).as_secs());
        Self {
            start: earlier(end, span),
            end,
            step: step.max(SHORTEST_STEP),
        }
    }

    /// The time over which a rate is taken: two steps, so that sources that scrape as seldom as once
    /// a minute give one.
    pub(crate) fn rate(self) -> String {
        format!("{}s", self.step.as_secs().max(1) * 2)
    }
}

/// Measures CPU and memory of the Pods of a workload, or of those in trouble when none is named, and
/// CPU, memory and disk of their nodes.
pub async fn measure(
    source: Option<&dyn MetricsReader>,
    snapshot: &Snapshot,
    target: Option<&ObjectRef>,
    window: Window,
) -> Measurements {
    let mut measured = Measurements::default();
    let Some(source) = source else {
        measured.gaps.push(format!("metrics: {NO_SOURCE}"));
        return measured;
    };
    let pods = subjects(snapshot, target, &mut measured.gaps);
    let nodes = nodes_of(snapshot, &pods);
    let asking = Asking { source, window };
    for resource in [Resource::Cpu, Resource::Memory] {
        asking.pods(resource, &pods, &nodes, &mut measured).await;
    }
    for resource in [Resource::Cpu, Resource::Memory, Resource::Disk] {
        asking.nodes(resource, &nodes, &mut measured).await;
    }
    measured
}

/// The Pods of the target; without one those that are not ready or were restarted.
fn subjects<'a>(
    snapshot: &'a Snapshot,
    target: Option<&ObjectRef>,
    gaps: &mut Vec<String>,
) -> Vec<&'a Pod> {
    let mut pods: Vec<&Pod> = match target {
        Some(target) if target.kind == Kind::Pod => {
            let is_it =
                |pod: &&Pod| pod.meta.name == target.name && pod.meta.namespace == target.namespace;
            snapshot.pods.iter().filter(is_it).collect()
        }
        Some(target) => {
            let view = View::new(snapshot);
            let rollout = view.rollout(target);
            let pods = rollout.map(|known| [&known.new_pods[..], &known.old_pods[..]].concat());
            pods.unwrap_or_default()
        }
        None => {
            let is_worth = |pod: &&Pod| !pod.is_ready() || restarts(pod) > 0;
            snapshot.pods.iter().filter(is_worth).collect()
        }
    };
    pods.retain(|pod| !pod.node.is_empty());
    pods.sort_by_key(|pod| (core::cmp::Reverse(restarts(pod)), pod.meta.name.clone()));
    if pods.len() > MAX_PODS {
        let left = pods.len() - MAX_PODS;
        gaps.push(format!("metrics: {left} more Pods were not measured"));
        pods.truncate(MAX_PODS);
    }
    pods
}

fn restarts(pod: &Pod) -> i64 {
    let statuses = pod.container_statuses();
    statuses.map(|status| status.restart_count).sum()
}

fn nodes_of<'a>(snapshot: &'a Snapshot, pods: &[&Pod]) -> Vec<&'a Node> {
    let runs = |node: &&Node| pods.iter().any(|pod| pod.node == node.meta.name);
    snapshot.nodes.iter().filter(runs).take(MAX_NODES).collect()
}

/// Where and for when is asked.
struct Asking<'a> {
    source: &'a dyn MetricsReader,
    window: Window,
}

impl Asking<'_> {
    async fn range(&self, promql: &str) -> Result<Vec<Series>, String> {
        let Window { start, end, step } = self.window;
        self.source.range(promql, start, end, step).await
    }

    async fn pods(
        &self,
        resource: Resource,
        pods: &[&Pod],
        nodes: &[&Node],
        measured: &mut Measurements,
    ) {
        if pods.is_empty() {
            return;
        }
        let promql = promql::pod_usage(resource, pods, &self.window.rate());
        let found = match self.range(&promql).await {
            Ok(found) => by_labels(found, &["namespace", "pod"]),
            Err(error) => {
                let word = resource.word();
                measured.gaps.push(format!("{word} of Pods: {error}"));
                return;
            }
        };
        let mut without = Vec::new();
        for pod in pods {
            let key = vec![pod.meta.namespace.to_string(), pod.meta.name.to_string()];
            let Some(series) = found.get(&key) else {
                without.push(pod.meta.name.to_string());
                continue;
            };
            let Some((basis, whole)) = basis::of_pod(pod, nodes, resource) else {
                measured.gaps.push(format!(
                    "{} of Pod {}: it has neither limit nor request, and its node was not read",
                    resource.word(),
                    pod.meta.name
                ));
                continue;
            };
            measured.list.push(Measurement {
                object: ObjectRef::of(Kind::Pod, &pod.meta),
                resource,
                basis,
                series: series.clone().scaled(100.0 / whole),
            });
        }
        measured.gaps.extend(no_data(resource, "Pods", &without));
    }

    async fn nodes(&self, resource: Resource, nodes: &[&Node], measured: &mut Measurements) {
        if nodes.is_empty() {
            return;
        }
        let matchers = of_instances(nodes);
        let promql = node_usage(resource, &matchers, &self.window.rate());
        let found = match self.range(&promql).await {
            Ok(found) => found,
            Err(error) => {
                let word = resource.word();
                measured.gaps.push(format!("{word} of nodes: {error}"));
                return;
            }
        };
        let mut without = Vec::new();
        for node in nodes {
            let own = found
                .iter()
                .find(|series| of_node(series.label("instance").unwrap_or_default(), node));
            let Some(series) = own else {
                without.push(node.meta.name.to_string());
                continue;
            };
            measured.list.push(Measurement {
                object: ObjectRef::of(Kind::Node, &node.meta),
                resource,
                basis: dogwatch_model::Basis::Node,
                series: series.clone(),
            });
        }
        measured.gaps.extend(no_data(resource, "nodes", &without));
    }
}

/// Series by the values of some labels.
fn by_labels(series: Vec<Series>, labels: &[&str]) -> BTreeMap<Vec<String>, Series> {
    let keyed = series.into_iter().map(|series| {
        let key = labels
            .iter()
            .map(|label| series.label(label).unwrap_or_default().to_owned());
        (key.collect(), series)
    });
    keyed.collect()
}

/// An empty answer is no data, and never 0 %.
fn no_data(resource: Resource, of: &str, names: &[String]) -> Option<String> {
    if names.is_empty() {
        return None;
    }
    let shown = names.iter().take(MAX_NAMES).cloned();
    let shown = shown.collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(MAX_NAMES);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    Some(format!(
        "{} of {of}: no data for {shown}{more}",
        resource.word()
    ))
}
