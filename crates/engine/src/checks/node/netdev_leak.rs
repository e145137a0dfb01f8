#![doc = include_str!("netdev_leak.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::problems,
    view::View,
};

/// The node does not give back network devices.
#[derive(Debug)]
pub(crate) struct NetdevLeak;

static META: Meta = Meta {
    id: CheckId::new("node/netdev-leak"),
    kind: FindingKind::Node(NodeFinding::NetdevLeak),
    needs: sources::NODES_AND_EVENTS,
    advice: &["Drain and reboot the node; look for a newer kernel."],
    casebook: include_str!("netdev_leak.md"),
};

impl Check for NetdevLeak {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        problems::report(view, &problems::NETDEV, report);
    }
}
