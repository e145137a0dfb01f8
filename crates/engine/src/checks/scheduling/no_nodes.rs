#![doc = include_str!("no_nodes.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// The cluster has no node to try.
#[derive(Debug)]
pub(crate) struct NoNodes;

static META: Meta = Meta {
    id: CheckId::new("scheduling/no-nodes"),
    kind: FindingKind::Scheduling(SchedulingFinding::NoNodes),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Add nodes, or find out why none is registered."],
    casebook: include_str!("no_nodes.md"),
};

impl Check for NoNodes {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::NoNodes, report);
    }
}
