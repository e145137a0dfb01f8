#![doc = include_str!("workload_trouble_explains_workload_symptom.md")]

use dogwatch_model::{
    AdmissionFinding, AutoscalingFinding, EdgeStrength, Finding, FindingKind, NetworkFinding,
    OperatorFinding, RuleId, WorkloadFinding,
};

use super::super::{Key, Link, Rule, RuleMeta};
use crate::View;

/// A precise finding about a workload explains the general ones about it.
#[derive(Debug)]
pub(crate) struct WorkloadTroubleExplainsWorkloadSymptom;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("workload-trouble-explains-workload-symptom"),
    because: "the workload cannot go on while this lasts",
    strength: EdgeStrength::Hard,
    casebook: include_str!("workload_trouble_explains_workload_symptom.md"),
};

impl Rule for WorkloadTroubleExplainsWorkloadSymptom {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if (1..NOTE).contains(&rank(finding.kind)) {
            vec![Key::workload(&finding.object)]
        } else {
            Vec::new()
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Workload(_) => vec![Key::workload(&finding.object)],
            _ => Vec::new(),
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        (rank(cause.kind) > rank(effect.kind)).then(Link::proven)
    }
}

/// Rank of facts worth knowing: they explain nothing and are explained by nothing.
const NOTE: u8 = 5;

/// How specific a finding about a workload is: the more specific explains the more general.
fn rank(kind: FindingKind) -> u8 {
    match kind {
        // A change that is refused leaves the workload as it was.
        FindingKind::Admission(
            AdmissionFinding::CrdMissing
            | AdmissionFinding::ImmutableField
            | AdmissionFinding::ChangedLimits,
        ) => 0,
        FindingKind::Admission(_) => 4,
        FindingKind::Addon(_)
        | FindingKind::Operator(OperatorFinding::OperatorDown)
        | FindingKind::Network(
            NetworkFinding::DnsFailing
            | NetworkFinding::IngressControllerDown
            | NetworkFinding::CiliumOperatorUnschedulable,
        )
        | FindingKind::Autoscaling(AutoscalingFinding::CaDown) => 1,
        FindingKind::Workload(finding) => match finding {
            WorkloadFinding::ControllerNotObserved
            | WorkloadFinding::RsCreateError
            | WorkloadFinding::PodsNotCreated
            | WorkloadFinding::HashCollisionLoop
            | WorkloadFinding::StsBrokenRevisionTrap
            | WorkloadFinding::RolloutBlockedByOldPods
            | WorkloadFinding::StsClaim
            | WorkloadFinding::RolloutPaused => 4,
            WorkloadFinding::NewVersionNotCreated | WorkloadFinding::DaemonPodsFail => 3,
            WorkloadFinding::RolloutBlockedNoSurgeCapacity
            | WorkloadFinding::StsOrdinalBlocked
            | WorkloadFinding::DsRolloutStuck => 2,
            WorkloadFinding::RolloutDeadlineExceeded => 1,
            WorkloadFinding::RolloutIncomplete | WorkloadFinding::ReplicasBelowSpec => 0,
            WorkloadFinding::RolloutMinReadyWait
            | WorkloadFinding::SelectorOverlap
            | WorkloadFinding::ScaledToZero
            | WorkloadFinding::StsPartitionHold
            | WorkloadFinding::OnDeletePending
            | WorkloadFinding::DsMisscheduled
            | WorkloadFinding::NodeExcluded
            | WorkloadFinding::AllOnOneNode
            | WorkloadFinding::RollbackRevisionMissing => NOTE,
        },
        _ => 0,
    }
}
