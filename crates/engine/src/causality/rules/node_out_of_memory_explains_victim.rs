#![doc = include_str!("node_out_of_memory_explains_victim.md")]

use dogwatch_model::{ContainerFinding, EdgeStrength, Finding, FindingKind, RuleId};

use super::super::{Key, Rule, RuleMeta, key::node_of_pod};
use crate::View;

/// A node without memory explains why the kernel killed a container on it.
#[derive(Debug)]
pub(crate) struct NodeOutOfMemoryExplainsVictim;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("node-out-of-memory-explains-victim"),
    because: "the container ran on the node when its memory was used up",
    strength: EdgeStrength::State,
    casebook: include_str!("node_out_of_memory_explains_victim.md"),
};

impl Rule for NodeOutOfMemoryExplainsVictim {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if matches!(
            finding.kind,
            FindingKind::Container(ContainerFinding::OomNodeGlobal)
        ) {
            vec![Key::Node(finding.object.name.clone())]
        } else {
            Vec::new()
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Container(ContainerFinding::NodeOom) => node_of_pod(view, finding),
            _ => Vec::new(),
        }
    }
}
