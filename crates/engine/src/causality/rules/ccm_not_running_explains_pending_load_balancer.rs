#![doc = include_str!("ccm_not_running_explains_pending_load_balancer.md")]

use dogwatch_model::{AddonFinding, EdgeStrength, Finding, FindingKind, NetworkFinding, RuleId};

use super::super::{Key, Link, Rule, RuleMeta};
use crate::View;

/// The cloud controller makes load balancers; while it does not run, none is made.
#[derive(Debug)]
pub(crate) struct CcmNotRunningExplainsPendingLoadBalancer;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("ccm-not-running-explains-pending-load-balancer"),
    because: "the cloud controller makes load balancers that no other controller claims",
    strength: EdgeStrength::State,
    casebook: include_str!("ccm_not_running_explains_pending_load_balancer.md"),
};

impl Rule for CcmNotRunningExplainsPendingLoadBalancer {
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
            FindingKind::Network(NetworkFinding::LbPendingNoController) => vec![Key::Cluster],
            _ => Vec::new(),
        }
    }

    fn relates(&self, view: &View<'_>, _cause: &Finding, effect: &Finding) -> Option<Link> {
        let object = &effect.object;
        let service = view.snapshot.service(&object.namespace, &object.name)?;
        let class = service.spec.load_balancer_class.as_ref();
        class
            .is_none_or(|class| class.is_empty())
            .then(Link::proven)
    }
}
