#![doc = include_str!("runtime_down.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{nodes, problems},
    view::View,
};

/// The container runtime of a node does not work.
#[derive(Debug)]
pub(crate) struct RuntimeDown;

static META: Meta = Meta {
    id: CheckId::new("node/runtime-down"),
    kind: FindingKind::Node(NodeFinding::RuntimeDown),
    needs: sources::NODES_AND_EVENTS,
    advice: &["Look at the container runtime on the node: its service, its log and its disk."],
    casebook: include_str!("runtime_down.md"),
};

impl Check for RuntimeDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in &view.snapshot.nodes {
            let object = cite::object(Kind::Node, &node.meta);
            if let Some(hit) = problems::read(view, node, &problems::RUNTIME) {
                report.found_all(hit.subject(&object), hit.evidence);
            } else if let Some(said) = nodes::not_ready_for(node, WORDS) {
                let subject = Subject::of(object.clone()).since(said.since);
                report.found(subject, cite::condition(&object, said), None);
            }
        }
    }
}

/// What the kubelet says when the runtime does not answer; a Pod network that is not set up reads
/// `container runtime network not ready`.
const WORDS: &[&str] = &[
    "container runtime is down",
    "container runtime not ready: RuntimeReady=false",
];
