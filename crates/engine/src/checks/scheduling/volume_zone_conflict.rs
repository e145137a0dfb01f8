#![doc = include_str!("volume_zone_conflict.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// The volume is in a zone without a usable node.
#[derive(Debug)]
pub(crate) struct VolumeZoneConflict;

static META: Meta = Meta {
    id: CheckId::new("scheduling/volume-zone-conflict"),
    kind: FindingKind::Scheduling(SchedulingFinding::VolumeZoneConflict),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Add a node in the zone of the volume, or restore the volume elsewhere."],
    casebook: include_str!("volume_zone_conflict.md"),
};

impl Check for VolumeZoneConflict {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::VolumeZone, report);
    }
}
