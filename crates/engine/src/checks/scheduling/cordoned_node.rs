#![doc = include_str!("cordoned_node.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// The nodes are cordoned.
#[derive(Debug)]
pub(crate) struct CordonedNode;

static META: Meta = Meta {
    id: CheckId::new("scheduling/cordoned-node"),
    kind: FindingKind::Scheduling(SchedulingFinding::CordonedNode),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Ask who cordoned them and why; uncordon when the work is done."],
    casebook: include_str!("cordoned_node.md"),
};

impl Check for CordonedNode {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::Cordoned, report);
    }
}
