//! Where to go on: the capability that owns the next question.

use dogwatch_model::{
    Cause, ContainerFinding, Finding, FindingKind, Handoff, PodFinding, Role, WorkloadFinding,
};

/// One hand-off per capability, in the order of the causes.
pub(super) fn next(findings: &[Finding], causes: &[Cause]) -> Vec<Handoff> {
    let mut handoffs: Vec<Handoff> = Vec::new();
    for cause in causes.iter().filter(|cause| cause.role != Role::Note) {
        let Some(handoff) = of(findings[cause.finding].kind) else {
            continue;
        };
        if handoffs.iter().all(|known| known.skill != handoff.skill) {
            handoffs.push(handoff);
        }
    }
    handoffs
}

fn of(kind: FindingKind) -> Option<Handoff> {
    let (skill, reason) = match kind {
        FindingKind::Probe(_) => (
            "huawei-cloud-cce-pod-failure-diagnoser",
            "Probe failure requires Pod logs and health check configuration analysis",
        ),
        FindingKind::Container(ContainerFinding::OomKilled | ContainerFinding::NodeOom) => (
            "huawei-cloud-cce-auto-remediation-runner",
            "Memory limits are changed through a previewed and approved plan",
        ),
        FindingKind::Container(_) | FindingKind::Image(_) => (
            "huawei-cloud-cce-pod-failure-diagnoser",
            "Container start and exit require Pod logs and image analysis",
        ),
        FindingKind::Scheduling(_) => (
            "huawei-cloud-cce-node-failure-diagnoser",
            "Placement requires node capacity, taints and labels",
        ),
        FindingKind::Node(_) => (
            "huawei-cloud-cce-node-failure-diagnoser",
            "The node itself is in trouble",
        ),
        FindingKind::Storage(_) => (
            "huawei-cloud-cce-storage-failure-diagnoser",
            "Volumes require claim, class and driver analysis",
        ),
        FindingKind::Network(_) => (
            "huawei-cloud-cce-network-failure-diagnoser",
            "The Pod network or a Service is involved",
        ),
        FindingKind::Admission(_) => (
            "huawei-cloud-cce-auto-remediation-runner",
            "Quota and policy are changed through a previewed and approved plan",
        ),
        FindingKind::Pod(finding) => pod(finding)?,
        FindingKind::Workload(finding) => workload(finding)?,
        FindingKind::Addon(_) => (
            "huawei-cloud-cce-root-cause-analyzer",
            "A cluster component that others depend on is down",
        ),
        FindingKind::Autoscaling(_) => (
            "huawei-cloud-cce-autoscaling-diagnoser",
            "Scaling requires bounds, metrics and capacity analysis",
        ),
        FindingKind::Disruption(_) | FindingKind::Config(_) | FindingKind::Lifecycle(_) => (
            "huawei-cloud-cce-change-impact-analyzer",
            "What was changed, and by whom, decides how to go on",
        ),
        FindingKind::ControlPlane(_)
        | FindingKind::Certificate(_)
        | FindingKind::Operator(_)
        | FindingKind::Release(_)
        | FindingKind::ClusterApi(_)
        | FindingKind::Gitops(_) => (
            "huawei-cloud-cce-root-cause-analyzer",
            "A component that others depend on is involved",
        ),
        FindingKind::Job(_) => (
            "huawei-cloud-cce-pod-failure-diagnoser",
            "A failed Job requires the logs of its Pods",
        ),
    };
    Some(Handoff { skill, reason })
}

fn pod(finding: PodFinding) -> Option<(&'static str, &'static str)> {
    match finding {
        PodFinding::NotReady | PodFinding::ReadinessGate => Some((
            "huawei-cloud-cce-pod-failure-diagnoser",
            "The Pod requires a closer look",
        )),
        PodFinding::SchedulingGated | PodFinding::ApiEvicted => None,
        _ => Some((
            "huawei-cloud-cce-node-failure-diagnoser",
            "The Pod depends on the state of its node",
        )),
    }
}

fn workload(finding: WorkloadFinding) -> Option<(&'static str, &'static str)> {
    match finding {
        WorkloadFinding::ControllerNotObserved
        | WorkloadFinding::NewVersionNotCreated
        | WorkloadFinding::RsCreateError
        | WorkloadFinding::PodsNotCreated
        | WorkloadFinding::HashCollisionLoop
        | WorkloadFinding::ReplicasBelowSpec => Some((
            "huawei-cloud-cce-root-cause-analyzer",
            "The control plane does not do what it was asked",
        )),
        _ => None,
    }
}
