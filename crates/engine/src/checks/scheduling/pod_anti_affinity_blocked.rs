#![doc = include_str!("pod_anti_affinity_blocked.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// Every node runs a Pod that this one must be away from.
#[derive(Debug)]
pub(crate) struct PodAntiAffinityBlocked;

static META: Meta = Meta {
    id: CheckId::new("scheduling/pod-anti-affinity-blocked"),
    kind: FindingKind::Scheduling(SchedulingFinding::PodAntiAffinityBlocked),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "With one replica per node the number of nodes caps the replicas: add nodes, or make the rule a preference.",
    ],
    casebook: include_str!("pod_anti_affinity_blocked.md"),
};

impl Check for PodAntiAffinityBlocked {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::PodAntiAffinity, report);
    }
}
