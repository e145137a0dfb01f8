#![doc = include_str!("node_uninitialized_cloud.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::nodes,
    view::View,
};

/// The cloud controller manager has not initialised the node.
#[derive(Debug)]
pub(crate) struct UninitializedCloud;

static META: Meta = Meta {
    id: CheckId::new("node/node-uninitialized-cloud"),
    kind: FindingKind::Node(NodeFinding::UninitializedCloud),
    needs: sources::NODES,
    advice: &[
        "Look at the cloud controller manager. It removes the taint by itself; do not remove it by hand while the cause is open.",
    ],
    casebook: include_str!("node_uninitialized_cloud.md"),
};

impl Check for UninitializedCloud {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        nodes::report_uninitialized(view, TAINT, report);
    }
}

const TAINT: &str = "node.cloudprovider.kubernetes.io/uninitialized";
