#![doc = include_str!("pod_trouble_explains_workload_symptom.md")]

use dogwatch_model::{
    AddonFinding, AutoscalingFinding, ContainerFinding, EdgeStrength, Finding, FindingKind,
    JobFinding, NetworkFinding, OperatorFinding, RuleId, Severity, StorageFinding, WorkloadFinding,
};

use super::super::{Key, Rule, RuleMeta, key::workload_of_pod};
use crate::View;

/// What is wrong with the Pods of the current version explains the state of the workload.
#[derive(Debug)]
pub(crate) struct PodTroubleExplainsWorkloadSymptom;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("pod-trouble-explains-workload-symptom"),
    because: "a Pod of the current version is in this state",
    strength: EdgeStrength::Hard,
    casebook: include_str!("pod_trouble_explains_workload_symptom.md"),
};

impl Rule for PodTroubleExplainsWorkloadSymptom {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_trouble = matches!(
            finding.kind,
            FindingKind::Container(_)
                | FindingKind::Image(_)
                | FindingKind::Probe(_)
                | FindingKind::Network(_)
                | FindingKind::Storage(_)
                | FindingKind::Scheduling(_)
                | FindingKind::Pod(_)
                | FindingKind::Config(_)
        );
        // That a Pod cannot reach the API server shows in how it ends or stands; what it does to the
        // components of the cluster is a rule of its own.
        let is_cause_of_trouble =
            finding.kind == FindingKind::Network(NetworkFinding::ClusterVipUnreachable);
        // A Pod goes on through these.
        let is_survived = matches!(
            finding.kind,
            FindingKind::Container(
                ContainerFinding::CpuThrottling | ContainerFinding::PreStopHookFailing
            )
        );
        let is_fault = finding.severity != Severity::Info && !is_survived;
        if is_trouble && is_fault && !is_cause_of_trouble {
            workload_of_pod(view, finding)
        } else {
            Vec::new()
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_symptom = match finding.kind {
            FindingKind::Workload(kind) => matches!(
                kind,
                WorkloadFinding::RolloutDeadlineExceeded
                    | WorkloadFinding::RolloutBlockedNoSurgeCapacity
                    | WorkloadFinding::RolloutIncomplete
                    | WorkloadFinding::ReplicasBelowSpec
                    | WorkloadFinding::StsOrdinalBlocked
                    | WorkloadFinding::DsRolloutStuck
                    | WorkloadFinding::DaemonPodsFail
            ),
            FindingKind::Addon(kind) => matches!(
                kind,
                AddonFinding::CcmNotRunning
                    | AddonFinding::CniAgentDown
                    | AddonFinding::CniOperatorMissing
            ),
            FindingKind::Job(kind) => matches!(
                kind,
                JobFinding::BackoffExceeded
                    | JobFinding::Deadline
                    | JobFinding::PodFailurePolicy
                    | JobFinding::FailedIndexes
                    | JobFinding::StuckActive
            ),
            FindingKind::Storage(StorageFinding::CsiHook)
            | FindingKind::Operator(OperatorFinding::OperatorDown) => true,
            // One of their Pods may be meant, which has no such key.
            FindingKind::Network(
                NetworkFinding::DnsFailing
                | NetworkFinding::IngressControllerDown
                | NetworkFinding::CiliumOperatorUnschedulable,
            )
            | FindingKind::Autoscaling(AutoscalingFinding::CaDown) => {
                finding.object.kind.is_rollout()
            }
            _ => false,
        };
        if is_symptom {
            vec![Key::workload(&finding.object)]
        } else {
            Vec::new()
        }
    }
}
