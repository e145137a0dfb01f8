#![doc = include_str!("budget_explains_drain_blocked.md")]

use dogwatch_model::{
    DisruptionFinding, EdgeStrength, Finding, FindingKind, Kind, PodFinding, RuleId, Severity,
};

use super::super::{Key, Link, Rule, RuleMeta, key::node_of_pod};
use crate::{View, reading::budgets};

/// A disruption budget that allows nothing explains why Pods stay on a node.
#[derive(Debug)]
pub(crate) struct BudgetExplainsDrainBlocked;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("budget-explains-drain-blocked"),
    because: "the API refuses evictions that the budget does not allow",
    strength: EdgeStrength::State,
    casebook: include_str!("budget_explains_drain_blocked.md"),
};

impl Rule for BudgetExplainsDrainBlocked {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            // A budget that is only worth knowing holds nobody.
            FindingKind::Disruption(_)
                if finding.object.kind == Kind::PodDisruptionBudget
                    && finding.severity != Severity::Info =>
            {
                let held = budgets::held(view).into_iter();
                let own = held.filter(|(_, _, budget)| budgets::object(budget) == finding.object);
                let nodes = own.map(|(_, node, _)| Key::Node(node.meta.name.clone()));
                [Key::workload(&finding.object)]
                    .into_iter()
                    .chain(nodes)
                    .collect()
            }
            FindingKind::Pod(PodFinding::StuckTerminating) => node_of_pod(view, finding),
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Disruption(DisruptionFinding::BlocksEviction) => {
                vec![Key::workload(&finding.object)]
            }
            FindingKind::Disruption(DisruptionFinding::DrainBlocked) => {
                vec![Key::Node(finding.object.name.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let is_note = matches!(
            cause.kind,
            FindingKind::Disruption(
                DisruptionFinding::NoPods | DisruptionFinding::DeschedulerEvict
            )
        );
        (cause.kind != effect.kind && !is_note).then(Link::proven)
    }
}
