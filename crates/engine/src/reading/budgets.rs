//! Disruption budgets and the Pods they protect.

use std::collections::{BTreeMap, BTreeSet};

use dogwatch_model::{
    Evidence, Kind, ObjectRef,
    snapshot::{Node, Pod, PodDisruptionBudget},
};

use super::taints;
use crate::{cite, view::View};

/// Budgets by Namespace: a budget speaks of its own Namespace only.
pub(crate) type ByNamespace<'a> = BTreeMap<&'a str, Vec<&'a PodDisruptionBudget>>;

pub(crate) fn by_namespace<'a>(view: &View<'a>) -> ByNamespace<'a> {
    let mut budgets = ByNamespace::new();
    for budget in &view.snapshot.disruption_budgets {
        budgets
            .entry(&budget.meta.namespace)
            .or_default()
            .push(budget);
    }
    budgets
}

/// Budgets that protect a Pod. One with an empty selector protects every Pod of its Namespace.
pub(crate) fn of_pod<'a>(
    budgets: &ByNamespace<'a>,
    pod: &Pod,
) -> impl Iterator<Item = &'a PodDisruptionBudget> {
    let known = budgets
        .get(&*pod.meta.namespace)
        .into_iter()
        .flatten()
        .copied();
    known.filter(|budget| budget.spec.selector.matches(&pod.meta.labels))
}

/// True when the controller has counted the present spec, and allows nothing.
pub(crate) fn allows_nothing(budget: &PodDisruptionBudget) -> bool {
    let status = &budget.status;
    status.observed_generation >= budget.meta.generation
        && status.observed_generation > 0
        && status.expected_pods > 0
        && status.disruptions_allowed == 0
}

/// True when so many Pods must stay that none may ever go, however healthy they are.
pub(crate) fn is_impossible(budget: &PodDisruptionBudget) -> bool {
    let expected = budget.status.expected_pods;
    let keep = budget.spec.min_available.as_ref();
    let lose = budget.spec.max_unavailable.as_ref();
    let keeps_all = keep
        .and_then(|keep| keep.scaled(expected, true))
        .is_some_and(|keep| keep >= expected);
    let loses_none = lose.and_then(|lose| lose.scaled(expected, true)) == Some(0);
    allows_nothing(budget) && (keeps_all || loses_none)
}

/// Reference to a budget.
pub(crate) fn object(budget: &PodDisruptionBudget) -> ObjectRef {
    cite::object(Kind::PodDisruptionBudget, &budget.meta)
}

/// What the controller counted.
pub(crate) fn counted(budget: &PodDisruptionBudget) -> Evidence {
    let status = &budget.status;
    let value = format!(
        "{} allowed, {} healthy, {} needed, {} expected",
        status.disruptions_allowed,
        status.current_healthy,
        status.desired_healthy,
        status.expected_pods
    );
    cite::status(&object(budget), "status", value)
}

/// What the budget demands.
pub(crate) fn demanded(budget: &PodDisruptionBudget) -> Evidence {
    let spec = &budget.spec;
    let (field, value) = match (&spec.min_available, &spec.max_unavailable) {
        (Some(keep), _) => ("spec.minAvailable", keep.to_string()),
        (None, Some(lose)) => ("spec.maxUnavailable", lose.to_string()),
        (None, None) => ("spec.minAvailable", "not set".to_owned()),
    };
    cite::spec(&object(budget), field, value)
}

/// Whom the budget protects.
pub(crate) fn selecting(budget: &PodDisruptionBudget) -> Evidence {
    let query = budget.spec.selector.query();
    let query = if query.is_empty() {
        "every Pod"
    } else {
        &query
    };
    cite::spec(&object(budget), "spec.selector", query)
}

/// Nodes that Pods should leave: cordoned, or marked by an autoscaler.
pub(crate) fn drained_nodes<'a>(view: &View<'a>) -> BTreeMap<&'a str, &'a Node> {
    let nodes = view.snapshot.nodes.iter();
    nodes
        .filter(|node| node.spec.unschedulable || taints::leaving(node).is_some())
        .map(|node| (&*node.meta.name, node))
        .collect()
}

/// True for a Pod that a drain has to evict: not of a DaemonSet, not static, not over, not leaving.
pub(crate) fn is_to_evict(pod: &Pod) -> bool {
    let stays = pod
        .meta
        .controller()
        .is_some_and(|owner| matches!(&*owner.kind, "DaemonSet" | "Node"));
    !stays && !pod.is_finished() && !pod.meta.is_terminating() && !pod.node.is_empty()
}

/// Pods that a drain has to evict and that a budget holds back, with their node and budget. A drain
/// evicts everything that it may: on a node that is only cordoned, a Pod that may go and stays tells
/// that nobody drains.
pub(crate) fn held<'a>(view: &View<'a>) -> Vec<(&'a Pod, &'a Node, &'a PodDisruptionBudget)> {
    let nodes = drained_nodes(view);
    if nodes.is_empty() {
        return Vec::new();
    }
    let budgets = by_namespace(view);
    let mut held = Vec::new();
    let mut undrained: BTreeSet<&str> = BTreeSet::new();
    for pod in view.snapshot.pods.iter().filter(|pod| is_to_evict(pod)) {
        let Some(node) = nodes.get(&*pod.node) else {
            continue;
        };
        let mut blocking = of_pod(&budgets, pod).filter(|budget| allows_nothing(budget));
        match blocking.next() {
            Some(budget) => held.push((pod, *node, budget)),
            None if taints::leaving(node).is_none() => {
                undrained.insert(&pod.node);
            }
            None => {}
        }
    }
    held.retain(|(pod, _, _)| !undrained.contains(&*pod.node));
    held
}
