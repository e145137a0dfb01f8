#![doc = include_str!("node_disk_pressure.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
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
        for node in &view.snapshot.nodes {
            let condition = node
                .condition("DiskPressure")
                .filter(|known| known.is_true());
            let Some(condition) = condition else { continue };
            let object = cite::object(Kind::Node, &node.meta);
            let subject = Subject::of(object.clone())
                .detail(String::new())
                .since(condition.since);
            report.found(subject, cite::condition(&object, condition), None);
        }
    }
}
