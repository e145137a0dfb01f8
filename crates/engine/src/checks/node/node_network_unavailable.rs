#![doc = include_str!("node_network_unavailable.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
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
        for node in &view.snapshot.nodes {
            let condition = node
                .condition("NetworkUnavailable")
                .filter(|known| known.is_true());
            let Some(condition) = condition else { continue };
            let object = cite::object(Kind::Node, &node.meta);
            let subject = Subject::of(object.clone())
                .detail(String::new())
                .since(condition.since);
            report.found(subject, cite::condition(&object, condition), None);
        }
    }
}
