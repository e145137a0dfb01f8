#![doc = include_str!("pvc_deleting.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// A claim that the Pod mounts is being deleted.
#[derive(Debug)]
pub(crate) struct PvcDeleting;

static META: Meta = Meta {
    id: CheckId::new("scheduling/pvc-deleting"),
    kind: FindingKind::Scheduling(SchedulingFinding::PvcDeleting),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Find out who deleted the claim before anything else: its data goes with it."],
    casebook: include_str!("pvc_deleting.md"),
};

impl Check for PvcDeleting {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::PvcDeleting, report);
    }
}
