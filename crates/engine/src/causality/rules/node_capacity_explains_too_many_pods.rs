#![doc = include_str!("node_capacity_explains_too_many_pods.md")]

use dogwatch_model::{EdgeStrength, Finding, FindingKind, NodeFinding, RuleId, SchedulingFinding};

use super::super::{Key, Rule, RuleMeta};
use crate::View;

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
}
