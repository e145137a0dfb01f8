#![doc = include_str!("readiness_failing.md")]

use dogwatch_model::{CheckId, FindingKind, ProbeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::probes::{self, ProbeClass},
    view::View,
};

/// The readiness probe fails.
#[derive(Debug)]
pub(crate) struct ReadinessFailing;

static META: Meta = Meta {
    id: CheckId::new("probe/readiness-failing"),
    kind: FindingKind::Probe(ProbeFinding::ReadinessFailing),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Call the probed path or port from inside the Pod and read the log of the container at that time.",
        "HTTP 5xx usually names a dependency; connection refused a program that is not up or listens elsewhere.",
    ],
    casebook: include_str!("readiness_failing.md"),
};

impl Check for ReadinessFailing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        probes::report(view, ProbeClass::Readiness, report);
    }
}
