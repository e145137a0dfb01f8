#![doc = include_str!("node_pid_pressure.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::nodes,
    view::View,
};

/// The node is short of process ids.
#[derive(Debug)]
pub(crate) struct PidPressure;

static META: Meta = Meta {
    id: CheckId::new("node/node-pid-pressure"),
    kind: FindingKind::Node(NodeFinding::PidPressure),
    needs: sources::NODES,
    advice: &["Look for a Pod that forks without end."],
    casebook: include_str!("node_pid_pressure.md"),
};

impl Check for PidPressure {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        nodes::report_condition(view, "PIDPressure", "True", |_| String::new(), report);
    }
}
