#![doc = include_str!("changed_limits_explains_pod_trouble.md")]

use dogwatch_model::{
    AdmissionFinding, ContainerFinding, EdgeStrength, Finding, FindingKind, RuleId,
    SchedulingFinding,
};

use super::super::{
    Key, Link, Rule, RuleMeta,
    key::{container_key, pod_key},
};
use crate::View;

/// Limits that were changed on the way explain why a container is killed or finds no place.
#[derive(Debug)]
pub(crate) struct ChangedLimitsExplainsPodTrouble;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("changed-limits-explains-pod-trouble"),
    because: "the container runs with these limits",
    strength: EdgeStrength::Hard,
    casebook: include_str!("changed_limits_explains_pod_trouble.md"),
};

impl Rule for ChangedLimitsExplainsPodTrouble {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Admission(AdmissionFinding::ChangedLimits) => {
                let mut keys = container_key(finding);
                keys.extend(pod_key(finding));
                keys
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Container(
                ContainerFinding::OomKilled | ContainerFinding::JvmHeapLimit,
            ) => container_key(finding),
            FindingKind::Scheduling(
                SchedulingFinding::InsufficientCpu
                | SchedulingFinding::InsufficientMemory
                | SchedulingFinding::InsufficientEphemeralStorage,
            ) => pod_key(finding),
            _ => Vec::new(),
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let wanted = match effect.kind {
            FindingKind::Container(_) => "limits.memory",
            FindingKind::Scheduling(SchedulingFinding::InsufficientCpu) => "requests.cpu",
            FindingKind::Scheduling(SchedulingFinding::InsufficientMemory) => "requests.memory",
            _ => "requests.ephemeral-storage",
        };
        cause.detail.starts_with(wanted).then(Link::proven)
    }
}
