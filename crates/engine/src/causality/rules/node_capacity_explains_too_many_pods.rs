#![doc = include_str!("node_capacity_explains_too_many_pods.md")]

use dogwatch_model::{EdgeStrength, Finding, FindingKind, NodeFinding, RuleId, SchedulingFinding};

use super::super::{Key, Link, Rule, RuleMeta, key::pod_of};
use crate::{View, reading::taints};

/// Nodes at their Pod limit explain why the scheduler finds too many Pods.
#[derive(Debug)]
pub(crate) struct NodeCapacityExplainsTooManyPods;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("node-capacity-explains-too-many-pods"),
    because: "the node runs as many Pods as it may",
    strength: EdgeStrength::State,
    casebook: include_str!("node_capacity_explains_too_many_pods.md"),
};

impl Rule for NodeCapacityExplainsTooManyPods {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Node(NodeFinding::PodCapacityFull) => vec![Key::Cluster],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Scheduling(SchedulingFinding::TooManyPods) => vec![Key::Cluster],
            _ => Vec::new(),
        }
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let node = view.snapshot.node(&cause.object.name)?;
        let pod = pod_of(view, effect)?;
        // A node that turns the Pod down for something else is not counted as full.
        let is_wanted = pod
            .spec
            .node_selector
            .iter()
            .all(|(key, value)| node.meta.labels.get(key) == Some(value));
        let is_open = !node.spec.unschedulable && taints::rejecting(node, pod).is_none();
        (is_wanted && is_open).then(Link::proven)
    }
}
