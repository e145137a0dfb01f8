#![doc = include_str!("node_affinity_mismatch.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// No node matches the node selector or affinity.
#[derive(Debug)]
pub(crate) struct NodeAffinityMismatch;

static META: Meta = Meta {
    id: CheckId::new("scheduling/node-affinity-mismatch"),
    kind: FindingKind::Scheduling(SchedulingFinding::NodeAffinityMismatch),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Compare the selector with the labels of the nodes: a typing error, or a label that no node carries any more.",
    ],
    casebook: include_str!("node_affinity_mismatch.md"),
};

impl Check for NodeAffinityMismatch {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::NodeAffinity, report);
    }
}
