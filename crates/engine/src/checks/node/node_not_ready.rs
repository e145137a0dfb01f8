#![doc = include_str!("node_not_ready.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
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
        for node in &view.snapshot.nodes {
            let ready = node
                .condition("Ready")
                .filter(|known| known.status == "False");
            let Some(condition) = ready.filter(|_| !nodes::is_joining(view, node)) else {
                continue;
            };
            let object = cite::object(Kind::Node, &node.meta);
            let subject = Subject::of(object.clone())
                .detail(&*condition.reason)
                .since(condition.since);
            report.found(subject, cite::condition(&object, condition), None);
        }
    }
}
