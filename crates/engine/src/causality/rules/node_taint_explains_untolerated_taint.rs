#![doc = include_str!("node_taint_explains_untolerated_taint.md")]

use dogwatch_model::{
    AddonFinding, EdgeStrength, Finding, FindingKind, Kind, NodeFinding, RuleId, SchedulingFinding,
};

use super::super::{
    Key, Link, Rule, RuleMeta,
    key::{nodes_of_agent, pod_of},
};
use crate::{View, cite, reading::taints};

/// A trouble of a node shows as a taint, and the taint keeps Pods away.
#[derive(Debug)]
pub(crate) struct NodeTaintExplainsUntoleratedTaint;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("node-taint-explains-untolerated-taint"),
    because: "the node carries a taint for this, and the Pod does not tolerate it",
    strength: EdgeStrength::State,
    casebook: include_str!("node_taint_explains_untolerated_taint.md"),
};

impl Rule for NodeTaintExplainsUntoleratedTaint {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Node(_) if finding.object.kind == Kind::Node => {
                vec![Key::Node(finding.object.name.clone())]
            }
            FindingKind::Addon(AddonFinding::CniAgentDown) => nodes_of_agent(view, finding),
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_taint = finding.kind == FindingKind::Scheduling(SchedulingFinding::UntoleratedTaint);
        let Some(pod) = pod_of(view, finding).filter(|_| is_taint) else {
            return Vec::new();
        };
        // The scheduler names the first taint of a node only: its words tell which nodes are meant.
        let nodes = view.snapshot.nodes.iter().filter(|node| {
            taints::rejecting(node, pod).is_some_and(|taint| finding.detail.contains(&*taint.key))
        });
        nodes
            .map(|node| Key::Node(node.meta.name.clone()))
            .collect()
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let pod = pod_of(view, effect)?;
        let key = taint_of(cause.kind)?;
        let hit = self.causes(view, cause).into_iter().find_map(|shared| {
            let Key::Node(name) = shared else { return None };
            let node = view.snapshot.node(&name)?;
            let mut taints = node.spec.taints.iter();
            let taint = taints.find(|taint| taint.key == *key && taints::keeps_away(pod, taint))?;
            Some((node, taint))
        });
        let (node, taint) = hit?;
        let object = cite::object(Kind::Node, &node.meta);
        let words = format!("{}:{}", taint.key, taint.effect);
        let fact = cite::spec(&object, "spec.taints", words);
        Some(Link::proven_by(vec![fact]))
    }
}

/// The taint that a trouble shows as.
fn taint_of(kind: FindingKind) -> Option<&'static str> {
    Some(match kind {
        FindingKind::Node(node) => match node {
            NodeFinding::NotReady => "node.kubernetes.io/not-ready",
            NodeFinding::Unreachable => "node.kubernetes.io/unreachable",
            NodeFinding::MemoryPressure => "node.kubernetes.io/memory-pressure",
            NodeFinding::DiskPressure => "node.kubernetes.io/disk-pressure",
            NodeFinding::PidPressure => "node.kubernetes.io/pid-pressure",
            NodeFinding::NetworkUnavailable => "node.kubernetes.io/network-unavailable",
            NodeFinding::UninitializedCloud => "node.cloudprovider.kubernetes.io/uninitialized",
            NodeFinding::UninitializedCapi => "node.cluster.x-k8s.io/uninitialized",
            NodeFinding::ShutdownTaint => "node.cloudprovider.kubernetes.io/shutdown",
            // Others show as one of these, which they explain.
            _ => return None,
        },
        FindingKind::Addon(AddonFinding::CniAgentDown) => "node.cilium.io/agent-not-ready",
        _ => return None,
    })
}
