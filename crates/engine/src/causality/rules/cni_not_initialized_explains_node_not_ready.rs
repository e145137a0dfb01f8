#![doc = include_str!("cni_not_initialized_explains_node_not_ready.md")]

use dogwatch_model::{EdgeStrength, Finding, FindingKind, NetworkFinding, NodeFinding, RuleId};

use super::super::{Key, Link, Rule, RuleMeta};
use crate::View;

/// A node is not ready while its network plugin is not set up.
#[derive(Debug)]
pub(crate) struct CniNotInitializedExplainsNodeNotReady;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("cni-not-initialized-explains-node-not-ready"),
    because: "the kubelet reports the node not ready for this reason",
    strength: EdgeStrength::Hard,
    casebook: include_str!("cni_not_initialized_explains_node_not_ready.md"),
};

impl Rule for CniNotInitializedExplainsNodeNotReady {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Network(
                NetworkFinding::CniNotInitialized | NetworkFinding::PodCidrExhausted,
            ) => vec![Key::Node(finding.object.name.clone())],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Network(NetworkFinding::CniNotInitialized)
            | FindingKind::Node(NodeFinding::NotReady) => {
                vec![Key::Node(finding.object.name.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let is_range = cause.kind == FindingKind::Network(NetworkFinding::PodCidrExhausted);
        let is_plugin = effect.kind == FindingKind::Network(NetworkFinding::CniNotInitialized);
        let mut facts = cause.evidence.iter();
        let is_told = !is_plugin && facts.any(|fact| effect.evidence.contains(fact));
        (is_range && is_plugin || !is_range && is_told).then(Link::proven)
    }
}
