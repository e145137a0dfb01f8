#![doc = include_str!("startup_failing.md")]

use dogwatch_model::{CheckId, FindingKind, ProbeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::probes::{self, ProbeClass},
    view::View,
};

/// The startup probe never succeeds.
#[derive(Debug)]
pub(crate) struct StartupFailing;

static META: Meta = Meta {
    id: CheckId::new("probe/startup-failing"),
    kind: FindingKind::Probe(ProbeFinding::StartupFailing),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Compare how long the program needs with failureThreshold x periodSeconds.",
        "Check port and path of the probe.",
    ],
    casebook: include_str!("startup_failing.md"),
};

impl Check for StartupFailing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        probes::report(view, ProbeClass::Startup, report);
    }
}
