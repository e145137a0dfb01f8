#![doc = include_str!("controller_down_explains_stalled_work.md")]

use dogwatch_model::{
    ControlPlaneFinding, EdgeStrength, EvidenceSource, Finding, FindingKind, NodeFinding,
    PodFinding, RuleId, WorkloadFinding,
};

use super::super::{Key, Link, Rule, RuleMeta};
use crate::{View, view::not_before};

/// A controller of the control plane that does not work explains what is not done.
#[derive(Debug)]
pub(crate) struct ControllerDownExplainsStalledWork;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("controller-down-explains-stalled-work"),
    because: "only this controller does the work",
    strength: EdgeStrength::State,
    casebook: include_str!("controller_down_explains_stalled_work.md"),
};

impl Rule for ControllerDownExplainsStalledWork {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::ControlPlane(
                ControlPlaneFinding::ControllerManagerDown
                | ControlPlaneFinding::SchedulerDown
                | ControlPlaneFinding::CloudControllerDown,
            ) => vec![Key::Cluster],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if worker(finding).is_some() {
            vec![Key::Cluster]
        } else {
            Vec::new()
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let is_meant = worker(effect).map(FindingKind::ControlPlane) == Some(cause.kind);
        let was_tried = effect
            .evidence
            .iter()
            .any(|fact| fact.source == EvidenceSource::Event);
        // A new node carries its taint from the beginning: that it stays is what counts.
        let is_in_time =
            matches!(effect.kind, FindingKind::Node(_)) || not_before(effect.since, cause.since);
        (is_meant && !was_tried && is_in_time).then(|| Link::proven_by(cause.evidence.clone()))
    }
}

/// The controller that should have done it.
fn worker(finding: &Finding) -> Option<ControlPlaneFinding> {
    match finding.kind {
        FindingKind::Workload(
            WorkloadFinding::ControllerNotObserved
            | WorkloadFinding::PodsNotCreated
            | WorkloadFinding::NewVersionNotCreated,
        ) => Some(ControlPlaneFinding::ControllerManagerDown),
        FindingKind::Pod(PodFinding::NoScheduler) if finding.detail == "default-scheduler" => {
            Some(ControlPlaneFinding::SchedulerDown)
        }
        FindingKind::Node(NodeFinding::UninitializedCloud) => {
            Some(ControlPlaneFinding::CloudControllerDown)
        }
        _ => None,
    }
}
