#![doc = include_str!("disk_io_hung.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::problems,
    view::View,
};

/// Tasks of the node wait for a disk that does not answer.
#[derive(Debug)]
pub(crate) struct DiskIoHung;

static META: Meta = Meta {
    id: CheckId::new("node/disk-io-hung"),
    kind: FindingKind::Node(NodeFinding::DiskIoHung),
    needs: sources::NODES_AND_EVENTS,
    advice: &[
        "Look at the disk at the provider and at the kernel log; move the Pods away when it does not recover.",
    ],
    casebook: include_str!("disk_io_hung.md"),
};

impl Check for DiskIoHung {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        problems::report(view, &problems::DISK_HUNG, report);
    }
}
