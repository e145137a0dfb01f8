#![doc = include_str!("pvc_lost_pv.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// A claim is bound to a volume that does not exist.
#[derive(Debug)]
pub(crate) struct PvcLostPv;

static META: Meta = Meta {
    id: CheckId::new("scheduling/pvc-lost-pv"),
    kind: FindingKind::Scheduling(SchedulingFinding::PvcLostPv),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Restore the PersistentVolume, or the data into a new claim."],
    casebook: include_str!("pvc_lost_pv.md"),
};

impl Check for PvcLostPv {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::PvcLostPv, report);
    }
}
