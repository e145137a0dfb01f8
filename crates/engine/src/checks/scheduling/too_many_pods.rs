#![doc = include_str!("too_many_pods.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// The nodes are at their Pod limit.
#[derive(Debug)]
pub(crate) struct TooManyPods;

static META: Meta = Meta {
    id: CheckId::new("scheduling/too-many-pods"),
    kind: FindingKind::Scheduling(SchedulingFinding::TooManyPods),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Raise the limit of Pods per node where the network allows, or add nodes."],
    casebook: include_str!("too_many_pods.md"),
};

impl Check for TooManyPods {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::TooManyPods, report);
    }
}
