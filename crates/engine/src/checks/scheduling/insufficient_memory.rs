#![doc = include_str!("insufficient_memory.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// No node has enough unreserved memory.
#[derive(Debug)]
pub(crate) struct InsufficientMemory;

static META: Meta = Meta {
    id: CheckId::new("scheduling/insufficient-memory"),
    kind: FindingKind::Scheduling(SchedulingFinding::InsufficientMemory),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Compare requests with what is free per node; lower requests, remove load, or add nodes.",
    ],
    casebook: include_str!("insufficient_memory.md"),
};

impl Check for InsufficientMemory {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::InsufficientMemory, report);
    }
}
