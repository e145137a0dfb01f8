#![doc = include_str!("operator_unplaced_explains_agent_down.md")]

use dogwatch_model::{AddonFinding, EdgeStrength, Finding, FindingKind, Kind, RuleId, Source};

use super::super::{Key, Link, Rule, RuleMeta, key::pod_of};
use crate::View;

/// An agent of the Pod network might wait for an operator of which a replica has no place.
#[derive(Debug)]
pub(crate) struct OperatorUnplacedExplainsAgentDown;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("operator-unplaced-explains-agent-down"),
    because: "an agent does not come up before its operator has registered its definitions",
    strength: EdgeStrength::Text,
    casebook: include_str!("operator_unplaced_explains_agent_down.md"),
};

impl Rule for OperatorUnplacedExplainsAgentDown {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_unplaced = matches!(finding.kind, FindingKind::Scheduling(_));
        let pod = pod_of(view, finding).filter(|_| is_unplaced);
        let rollout = pod.and_then(|pod| view.rollout_of(pod));
        let is_operator = rollout.is_some_and(|rollout| {
            rollout.workload.kind() == Kind::Deployment
                && OPERATORS.contains(&&*rollout.meta().name)
        });
        if is_operator {
            vec![Key::Cluster]
        } else {
            Vec::new()
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Addon(AddonFinding::CniAgentDown) => vec![Key::Cluster],
            _ => Vec::new(),
        }
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, _effect: &Finding) -> Option<Link> {
        let rollout = view.rollout_of(pod_of(view, cause)?)?;
        let ready = rollout.new_pods.iter().filter(|pod| pod.is_ready()).count();
        let shows = format!(
            "the agent waits for its operator, and no replica of {} runs ({ready} of {} now)",
            rollout.meta().name,
            rollout.desired
        );
        Some(Link::candidate(Source::Logs, shows))
    }
}

/// Operators without which an agent of the Pod network does not come up.
const OPERATORS: &[&str] = &["cilium-operator"];
