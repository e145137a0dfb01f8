#![doc = include_str!("node_pid_pressure.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
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
        for node in &view.snapshot.nodes {
            let condition = node
                .condition("PIDPressure")
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
