#![doc = include_str!("pleg_unhealthy.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{Pattern, nodes},
    view::View,
};

/// The kubelet cannot list the containers of its node in time.
#[derive(Debug)]
pub(crate) struct PlegUnhealthy;

static META: Meta = Meta {
    id: CheckId::new("node/pleg-unhealthy"),
    kind: FindingKind::Node(NodeFinding::PlegUnhealthy),
    needs: sources::NODES,
    advice: &["Look for too many Pods, a slow disk, or one container that hangs the runtime."],
    casebook: include_str!("pleg_unhealthy.md"),
};

impl Check for PlegUnhealthy {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in &view.snapshot.nodes {
            let object = cite::object(Kind::Node, &node.meta);
            if let Some(said) = nodes::not_ready_for(node, &["PLEG is not healthy"]) {
                let silent = SILENT.capture(&said.message, "d").unwrap_or_default();
                let subject = Subject::of(object.clone()).detail(silent).since(said.since);
                report.found(subject, cite::condition(&object, said), None);
            }
        }
    }
}

static SILENT: Pattern = Pattern::new(r"pleg was last seen active (?P<d>\S+) ago");
