#![doc = include_str!("conntrack_full.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::problems,
    view::View,
};

/// The node has no room for new connections in its table.
#[derive(Debug)]
pub(crate) struct ConntrackFull;

static META: Meta = Meta {
    id: CheckId::new("node/conntrack-full"),
    kind: FindingKind::Node(NodeFinding::ConntrackFull),
    needs: sources::NODES_AND_EVENTS,
    advice: &[
        "Raise nf_conntrack_max on the node, or find the Pod that opens the many connections.",
    ],
    casebook: include_str!("conntrack_full.md"),
};

impl Check for ConntrackFull {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        problems::report(view, &problems::CONNTRACK, report);
    }
}
