#![doc = include_str!("insufficient_ephemeral_storage.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// No node has enough unreserved ephemeral storage.
#[derive(Debug)]
pub(crate) struct InsufficientEphemeralStorage;

static META: Meta = Meta {
    id: CheckId::new("scheduling/insufficient-ephemeral-storage"),
    kind: FindingKind::Scheduling(SchedulingFinding::InsufficientEphemeralStorage),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Compare requests with what is free per node; lower requests, remove load, or add nodes.",
    ],
    casebook: include_str!("insufficient_ephemeral_storage.md"),
};

impl Check for InsufficientEphemeralStorage {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::InsufficientEphemeralStorage, report);
    }
}
