#![doc = include_str!("node_join_failed.md")]

use std::collections::BTreeMap;

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding, ObjectRef, Source, snapshot::Event};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::{View, is_within},
};

/// A machine was made and did not become a node.
#[derive(Debug)]
pub(crate) struct JoinFailed;

static META: Meta = Meta {
    id: CheckId::new("node/node-join-failed"),
    kind: FindingKind::Node(NodeFinding::JoinFailed),
    needs: sources::NODES_AND_EVENTS,
    advice: &[
        "Read the log of cloud-init and of the kubelet on the machine: token, image, and the way to the API server.",
    ],
    casebook: include_str!("node_join_failed.md"),
};

impl Check for JoinFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let nodes = Source::Objects(Kind::Node);
        let mut failed: BTreeMap<&str, &Event> = BTreeMap::new();
        for event in view
            .snapshot
            .events
            .iter()
            .filter(|event| says_failed(event))
        {
            if event
                .last_seen
                .is_some_and(|at| is_within(view.now(), at, RECENT))
            {
                failed.insert(&event.involved.name, event);
            }
        }
        for (name, event) in failed {
            let object = ObjectRef::named(Kind::Node, "", name);
            if view.snapshot.node(name).is_some() {
                continue;
            }
            if !view.snapshot.ledger.is_complete(nodes) {
                report.undecided(object, nodes);
                continue;
            }
            let subject = Subject::of(object)
                .detail(&*event.reason)
                .since(event.first_seen);
            report.found(subject, cite::event(event), None);
        }
    }
}

/// A pool that tries again has said so by then.
const RECENT: SignedDuration = SignedDuration::from_hours(1);

fn says_failed(event: &Event) -> bool {
    let reasons = ["NodeInstallFailed", "NodeCreateFailed"];
    event.involved.kind == "Node" && reasons.contains(&&*event.reason)
}
