#![doc = include_str!("node_trouble_explains_machine_unhealthy.md")]

use dogwatch_model::{ClusterApiFinding, EdgeStrength, Finding, FindingKind, Kind, RuleId};

use super::super::{Key, Rule, RuleMeta, key::custom_of};
use crate::View;

/// A Machine is unhealthy because its node is.
#[derive(Debug)]
pub(crate) struct NodeTroubleExplainsMachineUnhealthy;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("node-trouble-explains-machine-unhealthy"),
    because: "the Machine is judged by its node",
    strength: EdgeStrength::Hard,
    casebook: include_str!("node_trouble_explains_machine_unhealthy.md"),
};

impl Rule for NodeTroubleExplainsMachineUnhealthy {
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
        let is_meant = matches!(
            finding.kind,
            FindingKind::ClusterApi(
                ClusterApiFinding::MachineUnhealthy | ClusterApiFinding::KcpComponent
            )
        );
        let machine = custom_of(view, finding).filter(|_| is_meant);
        let node = machine.and_then(|machine| machine.field("status.nodeRef.name"));
        node.map(|name| vec![Key::Node(name.into())])
            .unwrap_or_default()
    }
}
