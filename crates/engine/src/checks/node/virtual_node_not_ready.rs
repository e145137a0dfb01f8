#![doc = include_str!("virtual_node_not_ready.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::nodes,
    view::View,
};

/// A virtual node, which stands for a service of the provider, is not ready.
#[derive(Debug)]
pub(crate) struct VirtualNodeNotReady;

static META: Meta = Meta {
    id: CheckId::new("node/virtual-node-not-ready"),
    kind: FindingKind::Node(NodeFinding::VirtualNodeNotReady),
    needs: sources::NODES,
    advice: &[
        "Look at the Pods of the add-on behind the virtual node: network, project and region of the service.",
    ],
    casebook: include_str!("virtual_node_not_ready.md"),
};

impl Check for VirtualNodeNotReady {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in view
            .snapshot
            .nodes
            .iter()
            .filter(|node| nodes::is_virtual(node))
        {
            let Some(ready) = node.condition("Ready").filter(|known| !known.is_true()) else {
                continue;
            };
            let object = cite::object(Kind::Node, &node.meta);
            let kind = node.meta.labels.get("type").unwrap_or(nodes::VIRTUAL);
            let subject = Subject::of(object.clone())
                .detail(&*ready.reason)
                .since(ready.since);
            let label = cite::spec(&object, "metadata.labels.type", kind);
            report.found(subject, cite::condition(&object, ready), [label]);
        }
    }
}
