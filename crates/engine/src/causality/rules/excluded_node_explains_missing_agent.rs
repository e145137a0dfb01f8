#![doc = include_str!("excluded_node_explains_missing_agent.md")]

use dogwatch_model::{
    EdgeStrength, Finding, FindingKind, Kind, NodeFinding, RuleId, StorageFinding, WorkloadFinding,
};

use super::super::{Key, Link, Rule, RuleMeta, key::node_of_pod};
use crate::View;

/// A node that is not initialised explains which agents it lacks, and what they would do there.
#[derive(Debug)]
pub(crate) struct ExcludedNodeExplainsMissingAgent;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("excluded-node-explains-missing-agent"),
    because: "the DaemonSet leaves this node out",
    strength: EdgeStrength::State,
    casebook: include_str!("excluded_node_explains_missing_agent.md"),
};

impl Rule for ExcludedNodeExplainsMissingAgent {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Node(NodeFinding::UninitializedCloud | NodeFinding::UninitializedCapi) => {
                vec![Key::Node(finding.object.name.clone())]
            }
            FindingKind::Workload(WorkloadFinding::NodeExcluded) => excluded(finding),
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Workload(WorkloadFinding::NodeExcluded) => excluded(finding),
            FindingKind::Storage(StorageFinding::CsiNodePluginMissing) => {
                node_of_pod(view, finding)
            }
            _ => Vec::new(),
        }
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let is_node = cause.object.kind == Kind::Node;
        let is_agent = effect.object.kind == Kind::DaemonSet;
        if is_node {
            let key = &cause.detail;
            let mut facts = effect.evidence.iter();
            let fact = facts.find(|fact| {
                fact.object.name == cause.object.name && fact.value.starts_with(&**key)
            })?;
            return is_agent.then(|| Link::proven_by(vec![fact.clone()]));
        }
        let carries_driver = view.rollout(&cause.object).is_some_and(|rollout| {
            let spec = &rollout.workload.template().spec;
            spec.containers
                .iter()
                .any(|known| known.name.contains("registrar"))
        });
        (!is_agent && carries_driver).then(Link::proven)
    }
}

/// The nodes that a DaemonSet leaves out, from its evidence.
fn excluded(finding: &Finding) -> Vec<Key> {
    let nodes = finding.evidence.iter().map(|fact| &fact.object);
    nodes
        .filter(|object| object.kind == Kind::Node)
        .map(|object| Key::Node(object.name.clone()))
        .collect()
}
