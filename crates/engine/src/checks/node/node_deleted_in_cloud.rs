#![doc = include_str!("node_deleted_in_cloud.md")]

use std::collections::BTreeMap;

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding, ObjectRef, snapshot::Event};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::problems::RECENT,
    view::{View, is_within},
};

/// The machine of a node is gone at the provider while Pods are still bound to it.
#[derive(Debug)]
pub(crate) struct DeletedInCloud;

static META: Meta = Meta {
    id: CheckId::new("node/node-deleted-in-cloud"),
    kind: FindingKind::Node(NodeFinding::DeletedInCloud),
    needs: sources::NODES_AND_EVENTS,
    advice: &[
        "Look at the provider who removed the machine; the cloud controller removes what is left of the node.",
    ],
    casebook: include_str!("node_deleted_in_cloud.md"),
};

impl Check for DeletedInCloud {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut gone: BTreeMap<&str, &Event> = BTreeMap::new();
        for event in view.snapshot.events.iter().filter(|event| says_gone(event)) {
            if event
                .last_seen
                .is_some_and(|at| is_within(view.now(), at, RECENT))
            {
                gone.insert(&event.involved.name, event);
            }
        }
        let bound = |name: &str| {
            let mut pods = view.snapshot.pods.iter();
            pods.find(|pod| pod.node == *name && !pod.is_finished())
        };
        for (name, event) in gone {
            let node = view.snapshot.node(name);
            // A new machine may have taken the name.
            if node.is_some_and(|node| node.meta.created > event.last_seen) {
                continue;
            }
            // Autoscalers remove machines all day: it matters when something was left behind.
            let Some(pod) = bound(name) else { continue };
            let object = match node {
                Some(node) => cite::object(Kind::Node, &node.meta),
                None => ObjectRef::named(Kind::Node, "", name),
            };
            let subject = Subject::of(object).since(event.first_seen);
            let left = cite::spec(&cite::pod(pod), "spec.nodeName", name);
            report.found(subject, cite::event(event), [left]);
        }
    }
}

/// Reasons of the cloud controllers; the words of the first are also used for other ends.
fn says_gone(event: &Event) -> bool {
    let is_deleting = event.reason == "DeletingNode"
        && event
            .message
            .contains("does not exist in the cloud provider");
    event.involved.kind == "Node" && (is_deleting || event.reason == "DeleteNodeWithNoServer")
}
