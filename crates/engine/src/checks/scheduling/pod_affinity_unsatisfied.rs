#![doc = include_str!("pod_affinity_unsatisfied.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// No node runs the Pods that this one must be near.
#[derive(Debug)]
pub(crate) struct PodAffinityUnsatisfied;

static META: Meta = Meta {
    id: CheckId::new("scheduling/pod-affinity-unsatisfied"),
    kind: FindingKind::Scheduling(SchedulingFinding::PodAffinityUnsatisfied),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Check the selector of the affinity term and whether those Pods run."],
    casebook: include_str!("pod_affinity_unsatisfied.md"),
};

impl Check for PodAffinityUnsatisfied {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::PodAffinity, report);
    }
}
