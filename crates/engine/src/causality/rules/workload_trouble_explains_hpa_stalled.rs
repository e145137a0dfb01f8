#![doc = include_str!("workload_trouble_explains_hpa_stalled.md")]

use dogwatch_model::{
    AutoscalingFinding, EdgeStrength, Finding, FindingKind, RuleId, WorkloadFinding,
};

use super::super::{Key, Link, Rule, RuleMeta};
use crate::{View, reading::autoscalers};

/// What keeps a workload from making Pods keeps its autoscaler from the size it asked for.
#[derive(Debug)]
pub(crate) struct WorkloadTroubleExplainsHpaStalled;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("workload-trouble-explains-hpa-stalled"),
    because: "the autoscaler scales this workload",
    strength: EdgeStrength::Hard,
    casebook: include_str!("workload_trouble_explains_hpa_stalled.md"),
};

impl Rule for WorkloadTroubleExplainsHpaStalled {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Admission(_) | FindingKind::Workload(_) => {
                vec![Key::workload(&finding.object)]
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if !matches!(finding.kind, FindingKind::Autoscaling(_)) {
            return Vec::new();
        }
        let mut all = view.snapshot.autoscalers.iter();
        let own = all.find(|known| {
            known.meta.name == *finding.object.name
                && known.meta.namespace == *finding.object.namespace
        });
        let target = own.and_then(autoscalers::target);
        target
            .map(|target| vec![Key::workload(&target)])
            .unwrap_or_default()
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let FindingKind::Autoscaling(kind) = effect.kind else {
            return None;
        };
        let is_cause = match kind {
            AutoscalingFinding::HpaDesiredNotReached => match cause.kind {
                FindingKind::Admission(_) => true,
                FindingKind::Workload(kind) => matches!(
                    kind,
                    WorkloadFinding::PodsNotCreated
                        | WorkloadFinding::RsCreateError
                        | WorkloadFinding::NewVersionNotCreated
                        | WorkloadFinding::ControllerNotObserved
                ),
                _ => false,
            },
            AutoscalingFinding::HpaMetricsMissing => matches!(
                cause.kind,
                FindingKind::Admission(_) | FindingKind::Workload(WorkloadFinding::PodsNotCreated)
            ),
            _ => false,
        };
        is_cause.then(Link::proven)
    }
}
