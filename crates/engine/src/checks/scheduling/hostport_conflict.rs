#![doc = include_str!("hostport_conflict.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// The host port is taken on the nodes.
#[derive(Debug)]
pub(crate) struct HostPortConflict;

static META: Meta = Meta {
    id: CheckId::new("scheduling/hostport-conflict"),
    kind: FindingKind::Scheduling(SchedulingFinding::HostPortConflict),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Find the Pod that holds the port; a Pod with host network claims all its ports on the node.",
    ],
    casebook: include_str!("hostport_conflict.md"),
};

impl Check for HostPortConflict {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::HostPort, report);
    }
}
