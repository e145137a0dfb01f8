#![doc = include_str!("predicate_explains_pending.md")]

use dogwatch_model::{
    EdgeStrength, Finding, FindingKind, PodFinding, RuleId, SchedulingFinding, Severity,
};

use super::super::{Key, Link, Rule, RuleMeta, key::pod_key};
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

    /// A predicate that does not decide is told as a note: without it the Pod would wait as well.
    fn relates(&self, _view: &View<'_>, cause: &Finding, _effect: &Finding) -> Option<Link> {
        (cause.severity != Severity::Info).then(Link::proven)
    }
}
