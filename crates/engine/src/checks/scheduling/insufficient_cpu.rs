#![doc = include_str!("insufficient_cpu.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// No node has enough unreserved CPU.
#[derive(Debug)]
pub(crate) struct InsufficientCpu;

static META: Meta = Meta {
    id: CheckId::new("scheduling/insufficient-cpu"),
    kind: FindingKind::Scheduling(SchedulingFinding::InsufficientCpu),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Compare requests with what is free per node; lower requests, remove load, or add nodes.",
    ],
    casebook: include_str!("insufficient_cpu.md"),
};

impl Check for InsufficientCpu {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::InsufficientCpu, report);
    }
}
