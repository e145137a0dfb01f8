#![doc = include_str!("cgroupv1.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::{View, is_within},
};

/// A node still uses version 1 of control groups.
#[derive(Debug)]
pub(crate) struct CgroupV1;

static META: Meta = Meta {
    id: CheckId::new("node/cgroupv1"),
    kind: FindingKind::Node(NodeFinding::CgroupV1),
    needs: sources::NODES_AND_EVENTS,
    advice: &["Move the node to an image with cgroup v2 before the next upgrade."],
    casebook: include_str!("cgroupv1.md"),
};

impl Check for CgroupV1 {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in &view.snapshot.nodes {
            let said = view
                .node_events(node)
                .filter(|event| event.reason == "CgroupV1");
            let said = said.filter(|event| {
                event
                    .last_seen
                    .is_some_and(|at| is_within(view.now(), at, RECENT))
            });
            let Some(newest) = said.last() else { continue };
            let object = cite::object(Kind::Node, &node.meta);
            report.found(Subject::of(object), cite::event(newest), None);
        }
    }
}

/// The kubelet says it when it starts; a node does not change this while it runs.
const RECENT: SignedDuration = SignedDuration::from_hours(2);
