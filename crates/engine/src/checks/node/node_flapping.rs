#![doc = include_str!("node_flapping.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding, snapshot::Event};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::problems,
    view::{View, is_within},
};

/// A node changes between ready and not ready.
#[derive(Debug)]
pub(crate) struct Flapping;

static META: Meta = Meta {
    id: CheckId::new("node/node-flapping"),
    kind: FindingKind::Node(NodeFinding::Flapping),
    needs: sources::NODES_AND_EVENTS,
    advice: &[
        "Look at the load of the node, at its network to the API server, and at how often the kubelet restarts.",
    ],
    casebook: include_str!("node_flapping.md"),
};

impl Check for Flapping {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in &view.snapshot.nodes {
            let events = problems::recent(view, node, &["NodeNotReady", "NodeReady"]);
            let window: Vec<&Event> = events
                .into_iter()
                .filter(|event| {
                    let begun = event.first_seen.or(event.last_seen);
                    begun.is_some_and(|at| is_within(view.now(), at, WINDOW))
                })
                .collect();
            let lost = changes(&window, "NodeNotReady");
            let back = changes(&window, "NodeReady");
            if lost < MANY_LOST || lost + back <= MANY {
                continue;
            }
            let object = cite::object(Kind::Node, &node.meta);
            let subject = Subject::of(object)
                .detail(format!("{} changes", lost + back))
                .since(window.iter().filter_map(|event| event.first_seen).min());
            report.found_all(
                subject,
                window.iter().rev().take(4).map(|event| cite::event(event)),
            );
        }
    }
}

/// The window in which changes are counted: that of the alert for flapping nodes.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Changes that a restart of the kubelet brings anyway.
const MANY: i64 = 2;

/// A node that was lost once only does not flap.
const MANY_LOST: i64 = 2;

/// How often a reason was told; kubelet and node controller tell the same change both.
fn changes(events: &[&Event], reason: &str) -> i64 {
    let mut by_component = std::collections::BTreeMap::new();
    for event in events.iter().filter(|event| event.reason == *reason) {
        *by_component.entry(&*event.component).or_insert(0) += event.count.max(1);
    }
    by_component.into_values().max().unwrap_or(0)
}
