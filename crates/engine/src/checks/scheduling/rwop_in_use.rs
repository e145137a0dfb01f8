#![doc = include_str!("rwop_in_use.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// Another Pod uses the ReadWriteOncePod volume.
#[derive(Debug)]
pub(crate) struct RwopInUse;

static META: Meta = Meta {
    id: CheckId::new("scheduling/rwop-in-use"),
    kind: FindingKind::Scheduling(SchedulingFinding::RwopInUse),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Stop the other Pod first, or use another access mode."],
    casebook: include_str!("rwop_in_use.md"),
};

impl Check for RwopInUse {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::RwopInUse, report);
    }
}
