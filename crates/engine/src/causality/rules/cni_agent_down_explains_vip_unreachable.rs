#![doc = include_str!("cni_agent_down_explains_vip_unreachable.md")]

use dogwatch_model::{
    AddonFinding, EdgeStrength, Evidence, Finding, FindingKind, Kind, NetworkFinding, RuleId,
    Source,
};

use super::{
    super::{
        Key, Link, Rule, RuleMeta,
        key::{node_of_pod, nodes_of_agent, pod_of},
    },
    node_trouble_explains_pod_trouble::lacks_pod_network,
};
use crate::{View, cite, reading::components, view::not_before};

/// With the agent of a node down, its Pods get no network and Service addresses may lead nowhere.
#[derive(Debug)]
pub(crate) struct CniAgentDownExplainsVipUnreachable;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("cni-agent-down-explains-vip-unreachable"),
    because: "the network of the Pods on the node depends on the agent",
    strength: EdgeStrength::State,
    casebook: include_str!("cni_agent_down_explains_vip_unreachable.md"),
};

impl Rule for CniAgentDownExplainsVipUnreachable {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Addon(AddonFinding::CniAgentDown) => nodes_of_agent(view, finding),
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Network(
                NetworkFinding::ClusterVipUnreachable
                | NetworkFinding::SandboxCreateFailed
                | NetworkFinding::NetworkNotReady,
            ) => node_of_pod(view, finding),
            FindingKind::Network(
                NetworkFinding::CniNotInitialized | NetworkFinding::PodEgressBlocked,
            ) => vec![Key::Node(finding.object.name.clone())],
            FindingKind::Node(_) if lacks_pod_network(finding) => {
                vec![Key::Node(finding.object.name.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let node = match pod_of(view, effect) {
            Some(pod) => &*pod.node,
            None => &*effect.object.name,
        };
        let agents = components::of_finding(view, cause);
        let agent = agents.into_iter().find(|pod| pod.node == *node)?;
        if !not_before(effect.since, components::unready_since(agent)) {
            return None;
        }
        let ready = cite::status(&cite::pod(agent), "conditions.Ready", "False");
        let is_host_client = pod_of(view, effect).is_some_and(|pod| pod.spec.host_network)
            && effect.kind == FindingKind::Network(NetworkFinding::ClusterVipUnreachable);
        if is_host_client {
            without_kube_proxy(view, cause, ready)
        } else {
            Some(Link::proven_by(vec![ready]))
        }
    }
}

/// Rule L8: a client in the host network reaches Service addresses through kube-proxy, not through
/// the agent, unless the agent replaces kube-proxy.
fn without_kube_proxy(view: &View<'_>, cause: &Finding, ready: Evidence) -> Option<Link> {
    let daemon_sets = Source::Objects(Kind::DaemonSet);
    let none = "no DaemonSet kube-proxy exists";
    let mut known = view.snapshot.daemon_sets.iter();
    if known.any(|set| set.meta.name == "kube-proxy") {
        return None;
    }
    if !view.snapshot.ledger.is_complete(daemon_sets) {
        return Some(Link::candidate(daemon_sets, none));
    }
    let fact = cite::status(&cause.object, "kube-proxy", none);
    Some(Link::proven_by(vec![ready, fact]))
}
