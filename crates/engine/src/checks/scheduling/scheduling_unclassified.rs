#![doc = include_str!("scheduling_unclassified.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// The scheduler turns the Pod down in words without a name.
#[derive(Debug)]
pub(crate) struct Unclassified;

static META: Meta = Meta {
    id: CheckId::new("scheduling/scheduling-unclassified"),
    kind: FindingKind::Scheduling(SchedulingFinding::Unclassified),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Read the message in the evidence: an extender or an out-of-tree plugin speaks."],
    casebook: include_str!("scheduling_unclassified.md"),
};

impl Check for Unclassified {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::Unclassified, report);
    }
}
