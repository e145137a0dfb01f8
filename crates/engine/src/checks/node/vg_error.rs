#![doc = include_str!("vg_error.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::problems,
    view::View,
};

/// A volume group for local volumes is broken.
#[derive(Debug)]
pub(crate) struct VolumeGroup;

static META: Meta = Meta {
    id: CheckId::new("node/vg-error"),
    kind: FindingKind::Node(NodeFinding::VolumeGroup),
    needs: sources::NODES,
    advice: &["Look at the physical volumes of the group on the node."],
    casebook: include_str!("vg_error.md"),
};

impl Check for VolumeGroup {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        problems::report(view, &problems::VOLUME_GROUP, report);
    }
}
