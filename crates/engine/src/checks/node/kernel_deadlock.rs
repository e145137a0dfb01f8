#![doc = include_str!("kernel_deadlock.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::problems,
    view::View,
};

/// The kernel of the node is stuck, or its hardware fails.
#[derive(Debug)]
pub(crate) struct KernelDeadlock;

static META: Meta = Meta {
    id: CheckId::new("node/kernel-deadlock"),
    kind: FindingKind::Node(NodeFinding::KernelDeadlock),
    needs: sources::NODES_AND_EVENTS,
    advice: &["Drain the node and reboot it; replace the machine when its hardware is at fault."],
    casebook: include_str!("kernel_deadlock.md"),
};

impl Check for KernelDeadlock {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        problems::report(view, &problems::KERNEL, report);
    }
}
