#![doc = include_str!("predicate_explains_pending.md")]

use dogwatch_model::{EdgeStrength, Finding, FindingKind, PodFinding, RuleId, SchedulingFinding};

use super::super::{Key, Rule, RuleMeta, key::pod_key};
use crate::View;

/// The predicate that turned the nodes down explains why the Pod is Pending.
#[derive(Debug)]
pub(crate) struct PredicateExplainsPending;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("predicate-explains-pending"),
    because: "the scheduler turned the nodes down for this",
    strength: EdgeStrength::Hard,
    casebook: include_str!("predicate_explains_pending.md"),
};

impl Rule for PredicateExplainsPending {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            // That nobody can be driven out is no reason why the nodes are turned down.
            FindingKind::Scheduling(SchedulingFinding::PreemptionNotHelpful) => Vec::new(),
            FindingKind::Scheduling(_) => pod_key(finding),
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Pod(PodFinding::PendingUnscheduled) => pod_key(finding),
            _ => Vec::new(),
        }
    }
}
