#![doc = include_str!("node_memory_pressure.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::nodes,
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
        nodes::report_condition(view, "MemoryPressure", "True", |_| String::new(), report);
    }
}
