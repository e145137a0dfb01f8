#![doc = include_str!("pod_trouble_explains_unhealthy_budget.md")]

use dogwatch_model::{DisruptionFinding, EdgeStrength, Finding, FindingKind, PodFinding, RuleId};

use super::{
    super::{Key, Rule, RuleMeta, key::pod_of},
    pod_trouble_explains_pod_not_ready::stops_pod,
};
use crate::{View, reading::budgets};

/// What is wrong with Pods explains that a budget counts too few healthy ones.
#[derive(Debug)]
pub(crate) struct PodTroubleExplainsUnhealthyBudget;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("pod-trouble-explains-unhealthy-budget"),
    because: "the budget counts this Pod",
    strength: EdgeStrength::Hard,
    casebook: include_str!("pod_trouble_explains_unhealthy_budget.md"),
};

impl Rule for PodTroubleExplainsUnhealthyBudget {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_trouble = stops_pod(finding.kind)
            || matches!(
                finding.kind,
                FindingKind::Pod(PodFinding::NotReady) | FindingKind::Scheduling(_)
            );
        let pod = pod_of(view, finding).filter(|pod| is_trouble && !pod.is_ready());
        let Some(pod) = pod.filter(|pod| !pod.is_finished()) else {
            return Vec::new();
        };
        let known = budgets::by_namespace(view);
        let own = budgets::of_pod(&known, pod);
        own.map(|budget| Key::workload(&budgets::object(budget)))
            .collect()
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Disruption(DisruptionFinding::UnhealthyPods) => {
                vec![Key::workload(&finding.object)]
            }
            _ => Vec::new(),
        }
    }
}
