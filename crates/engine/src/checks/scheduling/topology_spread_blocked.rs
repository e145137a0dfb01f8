#![doc = include_str!("topology_spread_blocked.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// Every placement breaks a topology spread constraint.
#[derive(Debug)]
pub(crate) struct TopologySpreadBlocked;

static META: Meta = Meta {
    id: CheckId::new("scheduling/topology-spread-blocked"),
    kind: FindingKind::Scheduling(SchedulingFinding::TopologySpreadBlocked),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Tainted nodes count as domains by default (nodeTaintsPolicy Ignore): check domains without usable nodes.",
    ],
    casebook: include_str!("topology_spread_blocked.md"),
};

impl Check for TopologySpreadBlocked {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::TopologySpread, report);
    }
}
