#![doc = include_str!("disk_error.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::problems,
    view::View,
};

/// A disk of the node, or its file system, reports errors.
#[derive(Debug)]
pub(crate) struct DiskError;

static META: Meta = Meta {
    id: CheckId::new("node/disk-error"),
    kind: FindingKind::Node(NodeFinding::DiskError),
    needs: sources::NODES_AND_EVENTS,
    advice: &["Save what is needed, replace the disk or the node."],
    casebook: include_str!("disk_error.md"),
};

impl Check for DiskError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        problems::report(view, &problems::DISK_ERROR, report);
    }
}
