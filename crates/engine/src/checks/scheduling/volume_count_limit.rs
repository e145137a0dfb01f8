#![doc = include_str!("volume_count_limit.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// The nodes have as many volumes as they can attach.
#[derive(Debug)]
pub(crate) struct VolumeCountLimit;

static META: Meta = Meta {
    id: CheckId::new("scheduling/volume-count-limit"),
    kind: FindingKind::Scheduling(SchedulingFinding::VolumeCountLimit),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Spread the Pods with volumes over more nodes."],
    casebook: include_str!("volume_count_limit.md"),
};

impl Check for VolumeCountLimit {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::VolumeCount, report);
    }
}
