#![doc = include_str!("node_fd_pid_exhaustion.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::problems,
    view::View,
};

/// File descriptors or process numbers of the node run out.
#[derive(Debug)]
pub(crate) struct FdPidExhaustion;

static META: Meta = Meta {
    id: CheckId::new("node/node-fd-pid-exhaustion"),
    kind: FindingKind::Node(NodeFinding::FdPidExhaustion),
    needs: sources::NODES,
    advice: &[
        "Find the process that holds the most, and raise the limits of the node if they are too low.",
    ],
    casebook: include_str!("node_fd_pid_exhaustion.md"),
};

impl Check for FdPidExhaustion {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        problems::report(view, &problems::FD_PID, report);
    }
}
