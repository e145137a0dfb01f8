#![doc = include_str!("process_d_z.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::problems,
    view::View,
};

/// Processes of the node can neither run nor end.
#[derive(Debug)]
pub(crate) struct ProcessStuck;

static META: Meta = Meta {
    id: CheckId::new("node/process-d-z"),
    kind: FindingKind::Node(NodeFinding::ProcessStuck),
    needs: sources::NODES,
    advice: &[
        "Look at what they wait for: most often a disk or a network mount; only a reboot removes them.",
    ],
    casebook: include_str!("process_d_z.md"),
};

impl Check for ProcessStuck {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        problems::report(view, &problems::PROCESSES, report);
    }
}
