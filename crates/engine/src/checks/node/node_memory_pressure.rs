#![doc = include_str!("node_memory_pressure.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The node is short of memory.
#[derive(Debug)]
pub(crate) struct MemoryPressure;

static META: Meta = Meta {
    id: CheckId::new("node/node-memory-pressure"),
    kind: FindingKind::Node(NodeFinding::MemoryPressure),
    needs: sources::NODES,
    advice: &["Look at what uses the memory; Pods without limits are the usual suspects."],
    casebook: include_str!("node_memory_pressure.md"),
};

impl Check for MemoryPressure {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in &view.snapshot.nodes {
            let condition = node
                .condition("MemoryPressure")
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
