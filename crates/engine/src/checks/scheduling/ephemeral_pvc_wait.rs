#![doc = include_str!("ephemeral_pvc_wait.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// The claim of an ephemeral volume was not made yet.
#[derive(Debug)]
pub(crate) struct EphemeralClaim;

static META: Meta = Meta {
    id: CheckId::new("scheduling/ephemeral-pvc-wait"),
    kind: FindingKind::Scheduling(SchedulingFinding::EphemeralClaim),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Look at the controller manager and at the Events of the Pod: a claim of the same name may belong to somebody else, or a quota refuses it.",
    ],
    casebook: include_str!("ephemeral_pvc_wait.md"),
};

impl Check for EphemeralClaim {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::EphemeralClaim, report);
    }
}
