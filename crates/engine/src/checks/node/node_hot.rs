#![doc = include_str!("node_hot.md")]

use dogwatch_model::{
    Alert, CheckId, Evidence, FindingKind, Kind, NodeFinding, ObjectRef,
    snapshot::{Node, Pod},
    wire::Quantity,
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::alerts,
    view::View,
};

/// A node has hardly any CPU or memory left.
#[derive(Debug)]
pub(crate) struct NodeHot;

static META: Meta = Meta {
    id: CheckId::new("node/node-hot"),
    kind: FindingKind::Node(NodeFinding::Hot),
    needs: sources::NODES_AND_PODS,
    advice: &[
        "Look at who uses most on the node: Pods without limits may take what others asked for.",
        "Raise the requests of what uses more than it asks for, so that the scheduler spreads the load.",
    ],
    casebook: include_str!("node_hot.md"),
};

/// Resources, with words in the names of alerts about nodes that have hardly any left.
const WORDS: &[(&str, &[&str])] = &[
    (
        "cpu",
        &[
            "nodecpuhigh",
            "nodehighcpu",
            "nodecpuusage",
            "highnodecpu",
            "nodesystemsaturation",
        ],
    ),
    (
        "memory",
        &[
            "nodememoryhigh",
            "nodehighmemory",
            "nodememoryusage",
            "highnodememory",
        ],
    ),
];

impl Check for NodeHot {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for (resource, words) in WORDS {
            for alert in alerts::named(view, Kind::Node, words) {
                if let Some(node) = view.snapshot.node(&alert.object.name) {
                    judge(view, node, resource, alert, report);
                }
            }
        }
    }
}

fn judge(view: &View<'_>, node: &Node, resource: &str, alert: &Alert, report: &mut Report<'_>) {
    let object = cite::object(Kind::Node, &node.meta);
    let Some(there) = node.status.allocatable.get(resource) else {
        return;
    };
    let field = format!("status.allocatable.{resource}");
    let facts = [cite::status(&object, &field, there)]
        .into_iter()
        .chain(asked_for(view, node, &object, resource));
    report.found(
        Subject::of(object.clone()).detail(resource),
        cite::alert(&object, alert),
        facts,
    );
}

/// What the Pods of the node ask for in all, and how many of their containers have no limit.
fn asked_for(view: &View<'_>, node: &Node, object: &ObjectRef, resource: &str) -> Vec<Evidence> {
    let on_node = |pod: &&Pod| pod.node == node.meta.name && !pod.is_finished();
    let pods = view.snapshot.pods.iter().filter(on_node);
    let mut asked = Quantity::default();
    let (mut all, mut unlimited) = (0_usize, 0_usize);
    for container in pods.flat_map(|pod| &pod.spec.containers) {
        all += 1;
        unlimited += usize::from(container.resources.limits.get(resource).is_none());
        let request = container.resources.requests.get(resource);
        asked = asked.plus(request.unwrap_or_default());
    }
    if all == 0 {
        return Vec::new();
    }
    let words = format!("{unlimited} of {all}");
    vec![
        cite::status(object, &format!("requests of its Pods, {resource}"), asked),
        cite::status(
            object,
            &format!("containers without a limit of {resource}"),
            words,
        ),
    ]
}
