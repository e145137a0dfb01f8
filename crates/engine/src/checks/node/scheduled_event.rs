#![doc = include_str!("scheduled_event.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::problems,
    view::View,
};

/// The provider will maintain the machine of the node.
#[derive(Debug)]
pub(crate) struct ScheduledEvent;

static META: Meta = Meta {
    id: CheckId::new("node/scheduled-event"),
    kind: FindingKind::Node(NodeFinding::ScheduledEvent),
    needs: sources::NODES,
    advice: &["Drain the node before that time, or confirm the maintenance at the provider."],
    casebook: include_str!("scheduled_event.md"),
};

impl Check for ScheduledEvent {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        problems::report(view, &problems::SCHEDULED, report);
    }
}
