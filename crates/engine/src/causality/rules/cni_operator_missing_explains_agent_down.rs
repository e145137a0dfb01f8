#![doc = include_str!("cni_operator_missing_explains_agent_down.md")]

use dogwatch_model::{AddonFinding, EdgeStrength, Finding, FindingKind, RuleId};

use super::super::{Key, Link, Rule, RuleMeta};
use crate::{View, cite};

/// An agent that starts anew waits for the operator; one running replica is enough.
#[derive(Debug)]
pub(crate) struct CniOperatorMissingExplainsAgentDown;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("cni-operator-missing-explains-agent-down"),
    because: "the agent waits for its operator when it starts",
    strength: EdgeStrength::State,
    casebook: include_str!("cni_operator_missing_explains_agent_down.md"),
};

impl Rule for CniOperatorMissingExplainsAgentDown {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Addon(AddonFinding::CniOperatorMissing) => vec![Key::Cluster],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Addon(AddonFinding::CniAgentDown) => vec![Key::Cluster],
            _ => Vec::new(),
        }
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, _effect: &Finding) -> Option<Link> {
        let rollout = view.rollout(&cause.object)?;
        let mut pods = rollout.new_pods.iter().chain(&rollout.old_pods);
        // Rule L10: one running replica is enough for every agent.
        let is_running = pods.any(|pod| pod.is_running());
        let fact = cite::status(&cause.object, "running replicas", 0);
        (!is_running).then(|| Link::proven_by(vec![fact]))
    }
}
