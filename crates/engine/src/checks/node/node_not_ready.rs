#![doc = include_str!("node_not_ready.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::nodes,
    view::View,
};

/// The kubelet says that the node is not ready.
#[derive(Debug)]
pub(crate) struct NotReady;

static META: Meta = Meta {
    id: CheckId::new("node/node-not-ready"),
    kind: FindingKind::Node(NodeFinding::NotReady),
    needs: sources::NODES,
    advice: &["Read the message of the condition: runtime, network plugin or PLEG."],
    casebook: include_str!("node_not_ready.md"),
};

impl Check for NotReady {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        nodes::report_condition(
            view,
            "Ready",
            "False",
            |known| known.reason.to_string(),
            report,
        );
    }
}
