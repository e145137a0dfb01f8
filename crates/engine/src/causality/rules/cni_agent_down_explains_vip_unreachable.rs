#![doc = include_str!("cni_agent_down_explains_vip_unreachable.md")]

use dogwatch_model::{
    AddonFinding, EdgeStrength, Finding, FindingKind, Kind, NetworkFinding, RuleId, Source,
};

use super::super::{
    Key, Link, Rule, RuleMeta,
    key::{node_of_pod, pod_of},
};
use crate::{View, cite};

/// With the agent of a node down, Service addresses on it may lead nowhere.
#[derive(Debug)]
pub(crate) struct CniAgentDownExplainsVipUnreachable;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("cni-agent-down-explains-vip-unreachable"),
    because: "Service addresses on the node depend on the agent of the Pod network",
    strength: EdgeStrength::State,
    casebook: include_str!("cni_agent_down_explains_vip_unreachable.md"),
};

impl Rule for CniAgentDownExplainsVipUnreachable {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if finding.kind != FindingKind::Addon(AddonFinding::CniAgentDown) {
            return Vec::new();
        }
        let Some(rollout) = view.rollout(&finding.object) else {
            return Vec::new();
        };
        let pods = rollout.new_pods.iter().chain(&rollout.old_pods);
        let down = pods.filter(|pod| !pod.is_ready() && !pod.node.is_empty());
        down.map(|pod| Key::Node(pod.node.clone())).collect()
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Network(
                NetworkFinding::ClusterVipUnreachable
                | NetworkFinding::SandboxCreateFailed
                | NetworkFinding::NetworkNotReady,
            ) => node_of_pod(view, finding),
            _ => Vec::new(),
        }
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let is_sandbox = effect.kind != FindingKind::Network(NetworkFinding::ClusterVipUnreachable);
        let pod = pod_of(view, effect)?;
        // Rule L8: a host network client reaches Service addresses through kube-proxy, not through
        // the agent, unless the agent replaces kube-proxy.
        if is_sandbox || !pod.spec.host_network {
            let fact = cite::spec(&effect.object, "spec.nodeName", &pod.node);
            return Some(Link::proven_by(vec![fact]));
        }
        let daemon_sets = Source::Objects(Kind::DaemonSet);
        if !view.snapshot.ledger.is_complete(daemon_sets) {
            return Some(Link::candidate(
                daemon_sets,
                "no DaemonSet kube-proxy exists",
            ));
        }
        let has_proxy = view
            .snapshot
            .daemon_sets
            .iter()
            .any(|set| set.meta.name == "kube-proxy");
        let fact = cite::status(
            &cause.object,
            "kube-proxy",
            "no DaemonSet kube-proxy exists",
        );
        (!has_proxy).then(|| Link::proven_by(vec![fact]))
    }
}
