#![doc = include_str!("disk_conflict.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// The disk is in use in a way that rules a second Pod on the node out.
#[derive(Debug)]
pub(crate) struct DiskConflict;

static META: Meta = Meta {
    id: CheckId::new("scheduling/disk-conflict"),
    kind: FindingKind::Scheduling(SchedulingFinding::DiskConflict),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Use a claim that may be shared, or let only one Pod use the disk."],
    casebook: include_str!("disk_conflict.md"),
};

impl Check for DiskConflict {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::DiskConflict, report);
    }
}
