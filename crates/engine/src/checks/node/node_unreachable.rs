#![doc = include_str!("node_unreachable.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::nodes,
    view::View,
};

/// The kubelet is silent.
#[derive(Debug)]
pub(crate) struct Unreachable;

static META: Meta = Meta {
    id: CheckId::new("node/node-unreachable"),
    kind: FindingKind::Node(NodeFinding::Unreachable),
    needs: sources::NODES,
    advice: &[
        "Look at the machine at the provider, then at the network between node and API server, then at the kubelet.",
    ],
    casebook: include_str!("node_unreachable.md"),
};

impl Check for Unreachable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        nodes::report_condition(
            view,
            "Ready",
            "Unknown",
            |known| known.reason.to_string(),
            report,
        );
    }
}
