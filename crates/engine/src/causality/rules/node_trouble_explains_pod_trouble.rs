#![doc = include_str!("node_trouble_explains_pod_trouble.md")]

use dogwatch_model::{
    ContainerFinding, EdgeStrength, Finding, FindingKind, ImageFinding, Kind, NetworkFinding,
    NodeFinding, PodFinding, ProbeFinding, RuleId,
};

use super::super::{
    Key, Link, Rule, RuleMeta,
    key::{node_of_pod, pod_of},
};
use crate::View;

/// A node that failed first explains what happens to the Pods on it.
#[derive(Debug)]
pub(crate) struct NodeTroubleExplainsPodTrouble;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("node-trouble-explains-pod-trouble"),
    because: "the Pod runs on the node, and the node failed first",
    strength: EdgeStrength::State,
    casebook: include_str!("node_trouble_explains_pod_trouble.md"),
};

impl Rule for NodeTroubleExplainsPodTrouble {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Node(_) if finding.object.kind == Kind::Node => {
                vec![Key::Node(finding.object.name.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        node_of_pod(view, finding)
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let FindingKind::Node(node) = cause.kind else {
            return None;
        };
        // A Pod in the network of the node does not need the plugin; the agent itself is one.
        let is_spared = pod_of(view, effect).is_some_and(|pod| pod.spec.host_network);
        if is_spared && lacks_pod_network(cause) {
            return None;
        }
        let is_effect = can_cause(node, effect.kind);
        (is_effect && crate::view::not_before(effect.since, cause.since)).then(Link::proven)
    }
}

/// True when the node is not ready because its Pod network is not set up.
pub(super) fn lacks_pod_network(finding: &Finding) -> bool {
    let words = [
        "NetworkPluginNotReady",
        "cni plugin not initialized",
        "cni config uninitialized",
    ];
    finding.kind == FindingKind::Node(NodeFinding::NotReady)
        && finding
            .evidence
            .iter()
            .any(|fact| words.iter().any(|word| fact.value.contains(word)))
}

/// What each trouble of a node does to Pods on it.
fn can_cause(node: NodeFinding, effect: FindingKind) -> bool {
    match node {
        NodeFinding::NotReady | NodeFinding::Unreachable => matches!(
            effect,
            FindingKind::Pod(
                PodFinding::NotReady
                    | PodFinding::UnknownNodeLost
                    | PodFinding::StuckTerminating
                    | PodFinding::AssignedNotStarted
                    | PodFinding::TaintEvicted
            ) | FindingKind::Network(
                NetworkFinding::SandboxCreateFailed | NetworkFinding::NetworkNotReady
            ) | FindingKind::Container(ContainerFinding::StuckCreating)
                | FindingKind::Probe(ProbeFinding::ReadinessFailing)
        ),
        NodeFinding::MemoryPressure | NodeFinding::PidPressure => matches!(
            effect,
            FindingKind::Pod(PodFinding::EvictedNodePressure | PodFinding::RejectedNodeCondition)
                | FindingKind::Container(ContainerFinding::NodeOom)
        ),
        NodeFinding::DiskPressure => matches!(
            effect,
            FindingKind::Pod(PodFinding::EvictedNodePressure | PodFinding::RejectedNodeCondition)
                | FindingKind::Image(ImageFinding::DiskFull)
        ),
        NodeFinding::NetworkUnavailable => matches!(
            effect,
            FindingKind::Network(
                NetworkFinding::SandboxCreateFailed | NetworkFinding::NetworkNotReady
            )
        ),
        NodeFinding::UninitializedCloud
        | NodeFinding::UninitializedCapi
        | NodeFinding::PodCapacityFull => false,
    }
}
