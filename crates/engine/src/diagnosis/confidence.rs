//! Confidence from counted evidence.

use std::collections::BTreeSet;

use dogwatch_model::{
    Confidence, ContainerFinding, EvidenceSource, Finding, FindingKind, ImageFinding, PodFinding,
    SchedulingFinding, WorkloadFinding,
};

/// One kind of source that shows the state itself.
const FIRST_HAND: u8 = 84;
/// One kind of source that tells of it.
const SECOND_HAND: u8 = 75;
/// Every further independent kind of source.
const FURTHER: u8 = 5;
/// Every fact against.
const AGAINST: u8 = 10;

/// How sure a finding is. Independent are sources of different kinds: status, Events, logs, metrics.
pub(super) fn of(finding: &Finding) -> Confidence {
    let sources: BTreeSet<EvidenceSource> =
        finding.evidence.iter().map(|fact| fact.source).collect();
    let shows_state = sources.contains(&EvidenceSource::Status);
    let base = if shows_state { FIRST_HAND } else { SECOND_HAND };
    let independent = sources
        .iter()
        .filter(|source| **source != EvidenceSource::Spec)
        .count();
    let further = u8::try_from(independent.saturating_sub(1)).unwrap_or(0);
    let against = u8::try_from(finding.against.len()).unwrap_or(u8::MAX);
    let counted = base
        .saturating_add(further.saturating_mul(FURTHER))
        .saturating_sub(against.saturating_mul(AGAINST));
    Confidence::from_hundredths(counted.min(ceiling(finding.kind)))
}

/// General findings name no mechanism: whatever the evidence, they stay below this.
fn ceiling(kind: FindingKind) -> u8 {
    match kind {
        FindingKind::Workload(WorkloadFinding::RolloutIncomplete) => 68,
        FindingKind::Workload(WorkloadFinding::ReplicasBelowSpec) => 66,
        FindingKind::Workload(WorkloadFinding::RolloutMinReadyWait)
        | FindingKind::Pod(PodFinding::NotReady) => 55,
        FindingKind::Workload(WorkloadFinding::NewVersionNotCreated) => 78,
        FindingKind::Workload(WorkloadFinding::PodsNotCreated) => 82,
        FindingKind::Container(
            ContainerFinding::CrashLoop
            | ContainerFinding::AppErrorExit
            | ContainerFinding::InitContainerFailing,
        ) => 70,
        FindingKind::Container(ContainerFinding::KilledUnexplained)
        | FindingKind::Scheduling(SchedulingFinding::Unclassified)
        | FindingKind::Image(ImageFinding::PullFailed) => 60,
        _ => 97,
    }
}
