#![doc = include_str!("node_shutdown_taint.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The provider says that the machine of a node is off.
#[derive(Debug)]
pub(crate) struct ShutdownTaint;

static META: Meta = Meta {
    id: CheckId::new("node/node-shutdown-taint"),
    kind: FindingKind::Node(NodeFinding::ShutdownTaint),
    needs: sources::NODES,
    advice: &["Start the machine at the provider, or remove the node."],
    casebook: include_str!("node_shutdown_taint.md"),
};

impl Check for ShutdownTaint {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in &view.snapshot.nodes {
            let Some(taint) = node.taint(SHUTDOWN) else {
                continue;
            };
            let object = cite::object(Kind::Node, &node.meta);
            let subject = Subject::of(object.clone()).since(taint.time_added);
            let words = format!("{}:{}", taint.key, taint.effect);
            report.found(subject, cite::spec(&object, "spec.taints", words), None);
        }
    }
}

/// Set and removed by the cloud controller.
const SHUTDOWN: &str = "node.cloudprovider.kubernetes.io/shutdown";
