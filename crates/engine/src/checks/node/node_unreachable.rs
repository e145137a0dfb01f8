#![doc = include_str!("node_unreachable.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
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
        for node in &view.snapshot.nodes {
            let condition = node
                .condition("Ready")
                .filter(|known| known.status == "Unknown");
            let Some(condition) = condition else { continue };
            let object = cite::object(Kind::Node, &node.meta);
            let subject = Subject::of(object.clone())
                .detail(condition.reason.to_string())
                .since(condition.since);
            report.found(subject, cite::condition(&object, condition), None);
        }
    }
}
