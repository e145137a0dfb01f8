#![doc = include_str!("pv_none_to_bind.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// No volume fits the claim on any node.
#[derive(Debug)]
pub(crate) struct PvNoneToBind;

static META: Meta = Meta {
    id: CheckId::new("scheduling/pv-none-to-bind"),
    kind: FindingKind::Scheduling(SchedulingFinding::PvNoneToBind),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Compare class, size and access mode of the claim with the free volumes and with what the class can make.",
    ],
    casebook: include_str!("pv_none_to_bind.md"),
};

impl Check for PvNoneToBind {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::PvNoneToBind, report);
    }
}
