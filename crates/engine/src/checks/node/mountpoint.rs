#![doc = include_str!("mountpoint.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::problems,
    view::View,
};

/// A mount point of the node does not answer.
#[derive(Debug)]
pub(crate) struct MountPoint;

static META: Meta = Meta {
    id: CheckId::new("node/mountpoint"),
    kind: FindingKind::Node(NodeFinding::MountPoint),
    needs: sources::NODES,
    advice: &["Look at the file server or disk behind the mount point."],
    casebook: include_str!("mountpoint.md"),
};

impl Check for MountPoint {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        problems::report(view, &problems::MOUNT_POINT, report);
    }
}
