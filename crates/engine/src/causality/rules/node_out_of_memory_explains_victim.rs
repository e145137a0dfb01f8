#![doc = include_str!("node_out_of_memory_explains_victim.md")]

use dogwatch_model::{
    ContainerFinding, EdgeStrength, Finding, FindingKind, Kind, NodeFinding, RuleId,
};

use super::super::{Key, Link, Rule, RuleMeta, key::node_of_pod};
use crate::view::{View, not_before};

/// A node without memory explains why the kernel killed a container on it.
#[derive(Debug)]
pub(crate) struct NodeOutOfMemoryExplainsVictim;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("node-out-of-memory-explains-victim"),
    because: "the memory of the node was used up at this time",
    strength: EdgeStrength::State,
    casebook: include_str!("node_out_of_memory_explains_victim.md"),
};

impl Rule for NodeOutOfMemoryExplainsVictim {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Container(ContainerFinding::OomNodeGlobal)
            | FindingKind::Node(NodeFinding::MemoryPressure) => {
                vec![Key::Node(finding.object.name.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Container(ContainerFinding::NodeOom) => node_of_pod(view, finding),
            FindingKind::Container(ContainerFinding::OomNodeGlobal) => {
                vec![Key::Node(finding.object.name.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let is_pressure = cause.object.kind == Kind::Node && cause.kind != effect.kind;
        let is_victim = effect.object.kind == Kind::Pod;
        let is_node = matches!(cause.kind, FindingKind::Node(_));
        let is_first = not_before(effect.since, cause.since);
        // What pressure does to the Pods of a node is a rule of its own.
        let fits = if is_node {
            !is_victim && is_first
        } else {
            is_victim
        };
        (is_pressure && fits).then(Link::proven)
    }
}
