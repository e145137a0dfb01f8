#![doc = include_str!("pod_node_shutdown.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    view::View,
};

/// The node was shut down.
#[derive(Debug)]
pub(crate) struct NodeShutdown;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-node-shutdown"),
    kind: FindingKind::Pod(PodFinding::NodeShutdown),
    needs: sources::PODS,
    advice: &["Expected during maintenance; otherwise ask the provider why the node stopped."],
    casebook: include_str!("pod_node_shutdown.md"),
};

impl Check for NodeShutdown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        super::report_failed(view, report, |status| {
            let is_shutdown = status.reason == "NodeShutdown"
                || status.reason == "Terminated" && status.message.contains("node shutdown");
            is_shutdown.then(|| status.reason.to_string())
        });
    }
}
