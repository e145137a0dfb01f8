#![doc = include_str!("disk_slow.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::problems,
    view::View,
};

/// A disk of the node answers slowly.
#[derive(Debug)]
pub(crate) struct DiskSlow;

static META: Meta = Meta {
    id: CheckId::new("node/disk-slow"),
    kind: FindingKind::Node(NodeFinding::DiskSlow),
    needs: sources::NODES_AND_EVENTS,
    advice: &["Look at the throughput limits of the disk and at who writes most."],
    casebook: include_str!("disk_slow.md"),
};

impl Check for DiskSlow {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        problems::report(view, &problems::DISK_SLOW, report);
    }
}
