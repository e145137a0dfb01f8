#![doc = include_str!("pvc_missing.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// A claim that the Pod mounts does not exist.
#[derive(Debug)]
pub(crate) struct PvcMissing;

static META: Meta = Meta {
    id: CheckId::new("scheduling/pvc-missing"),
    kind: FindingKind::Scheduling(SchedulingFinding::PvcMissing),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Create the claim, or correct the name in the template."],
    casebook: include_str!("pvc_missing.md"),
};

impl Check for PvcMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::PvcMissing, report);
    }
}
