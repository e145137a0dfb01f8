#![doc = include_str!("node_cordoned_forgotten.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::taints,
    view::View,
};

/// A node is cordoned for more than a day and nobody drains it.
#[derive(Debug)]
pub(crate) struct CordonedForgotten;

static META: Meta = Meta {
    id: CheckId::new("node/node-cordoned-forgotten"),
    kind: FindingKind::Node(NodeFinding::CordonedForgotten),
    needs: sources::NODES,
    advice: &["Ask who cordoned the node; uncordon it, or finish what was begun."],
    casebook: include_str!("node_cordoned_forgotten.md"),
};

impl Check for CordonedForgotten {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in view
            .snapshot
            .nodes
            .iter()
            .filter(|node| node.spec.unschedulable)
        {
            let Some(since) = taints::cordoned_since(view, node) else {
                continue;
            };
            let is_old = view.now().duration_since(since) > FORGOTTEN;
            let is_leaving = node.meta.is_terminating() || taints::leaving(node).is_some();
            if !is_old || is_leaving {
                continue;
            }
            let object = cite::object(Kind::Node, &node.meta);
            let subject = Subject::of(object.clone()).since(Some(since));
            let cordoned = cite::spec(&object, "spec.unschedulable", true);
            let taint = cite::spec(&object, "spec.taints[unschedulable].timeAdded", since);
            report.found(subject, cordoned, [taint]);
        }
    }
}

/// Maintenance that takes longer than a day is rare.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);
