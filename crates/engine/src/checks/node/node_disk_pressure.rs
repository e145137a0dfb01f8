#![doc = include_str!("node_disk_pressure.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::nodes,
    view::View,
};

/// The node is short of disk.
#[derive(Debug)]
pub(crate) struct DiskPressure;

static META: Meta = Meta {
    id: CheckId::new("node/node-disk-pressure"),
    kind: FindingKind::Node(NodeFinding::DiskPressure),
    needs: sources::NODES,
    advice: &["Look at logs, emptyDir volumes and images on the node."],
    casebook: include_str!("node_disk_pressure.md"),
};

impl Check for DiskPressure {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        nodes::report_condition(view, "DiskPressure", "True", |_| String::new(), report);
    }
}
