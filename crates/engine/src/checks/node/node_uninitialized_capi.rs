#![doc = include_str!("node_uninitialized_capi.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::nodes,
    view::View,
};

/// The Machine controller of Cluster API has not initialised the node.
#[derive(Debug)]
pub(crate) struct UninitializedCapi;

static META: Meta = Meta {
    id: CheckId::new("node/node-uninitialized-capi"),
    kind: FindingKind::Node(NodeFinding::UninitializedCapi),
    needs: sources::NODES,
    advice: &[
        "Look at the Machine controller of Cluster API. It removes the taint by itself; do not remove it by hand while the cause is open.",
    ],
    casebook: include_str!("node_uninitialized_capi.md"),
};

impl Check for UninitializedCapi {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        nodes::report_uninitialized(view, TAINT, report);
    }
}

const TAINT: &str = "node.cluster.x-k8s.io/uninitialized";
