#![doc = include_str!("node_rebooted.md")]

use std::collections::BTreeSet;

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding, Severity};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::{View, is_within},
};

/// A node was rebooted lately.
#[derive(Debug)]
pub(crate) struct Rebooted;

static META: Meta = Meta {
    id: CheckId::new("node/node-rebooted"),
    kind: FindingKind::Node(NodeFinding::Rebooted),
    needs: sources::NODES_AND_EVENTS,
    advice: &[
        "When nobody planned it, look at the kernel log before the boot and at the machine at the provider.",
    ],
    casebook: include_str!("node_rebooted.md"),
};

impl Check for Rebooted {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let hit: BTreeSet<&str> = view
            .suspects
            .iter()
            .map(|suspect| &*suspect.pod.node)
            .collect();
        for node in &view.snapshot.nodes {
            let boots = view
                .node_events(node)
                .filter(|event| event.reason == "Rebooted");
            let boots = boots.filter(|event| {
                event
                    .last_seen
                    .is_some_and(|at| is_within(view.now(), at, RECENT))
            });
            let Some(newest) = boots.last() else { continue };
            let object = cite::object(Kind::Node, &node.meta);
            let mut subject = Subject::of(object).since(newest.last_seen);
            // Nobody may be hit: then it is worth knowing and no fault.
            if hit.contains(&*node.meta.name) {
                subject = subject.severity(Severity::Warning);
            }
            report.found(subject, cite::event(newest), None);
        }
    }
}

/// What a reboot ends has come back by then, or has a finding of its own.
const RECENT: SignedDuration = SignedDuration::from_mins(30);
