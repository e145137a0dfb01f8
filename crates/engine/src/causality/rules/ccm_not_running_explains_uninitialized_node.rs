#![doc = include_str!("ccm_not_running_explains_uninitialized_node.md")]

use dogwatch_model::{AddonFinding, EdgeStrength, Finding, FindingKind, NodeFinding, RuleId};

use super::super::{Key, Rule, RuleMeta};
use crate::View;

/// Without a cloud controller manager nodes keep their uninitialized taint.
#[derive(Debug)]
pub(crate) struct CcmNotRunningExplainsUninitializedNode;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("ccm-not-running-explains-uninitialized-node"),
    because: "only the cloud controller manager removes this taint",
    strength: EdgeStrength::State,
    casebook: include_str!("ccm_not_running_explains_uninitialized_node.md"),
};

impl Rule for CcmNotRunningExplainsUninitializedNode {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Addon(AddonFinding::CcmNotRunning) => vec![Key::Cluster],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Node(NodeFinding::UninitializedCloud) => vec![Key::Cluster],
            _ => Vec::new(),
        }
    }
}
