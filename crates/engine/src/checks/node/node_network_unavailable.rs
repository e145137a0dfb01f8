#![doc = include_str!("node_network_unavailable.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::nodes,
    view::View,
};

/// The network of the node is not set up.
#[derive(Debug)]
pub(crate) struct NetworkUnavailable;

static META: Meta = Meta {
    id: CheckId::new("node/node-network-unavailable"),
    kind: FindingKind::Node(NodeFinding::NetworkUnavailable),
    needs: sources::NODES,
    advice: &["Look at the CNI agent and, with cloud routes, at the route controller."],
    casebook: include_str!("node_network_unavailable.md"),
};

impl Check for NetworkUnavailable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        nodes::report_condition(
            view,
            "NetworkUnavailable",
            "True",
            |_| String::new(),
            report,
        );
    }
}
