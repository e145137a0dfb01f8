#![doc = include_str!("pvc_unbound.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// A claim with immediate binding has no volume.
#[derive(Debug)]
pub(crate) struct PvcUnbound;

static META: Meta = Meta {
    id: CheckId::new("scheduling/pvc-unbound"),
    kind: FindingKind::Scheduling(SchedulingFinding::PvcUnbound),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Look at the Events of the claim: the provisioner says why it makes no volume."],
    casebook: include_str!("pvc_unbound.md"),
};

impl Check for PvcUnbound {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::PvcUnbound, report);
    }
}
