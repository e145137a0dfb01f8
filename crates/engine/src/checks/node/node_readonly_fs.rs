#![doc = include_str!("node_readonly_fs.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::problems,
    view::View,
};

/// A file system of the node went read-only.
#[derive(Debug)]
pub(crate) struct ReadonlyFilesystem;

static META: Meta = Meta {
    id: CheckId::new("node/node-readonly-fs"),
    kind: FindingKind::Node(NodeFinding::ReadonlyFilesystem),
    needs: sources::NODES_AND_EVENTS,
    advice: &[
        "Cordon the node, look at the kernel log for the errors of the disk, and replace the disk or the node.",
    ],
    casebook: include_str!("node_readonly_fs.md"),
};

impl Check for ReadonlyFilesystem {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        problems::report(view, &problems::READONLY, report);
    }
}
