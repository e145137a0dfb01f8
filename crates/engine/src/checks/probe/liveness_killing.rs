#![doc = include_str!("liveness_killing.md")]

use dogwatch_model::{CheckId, FindingKind, ProbeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::probes::{self, ProbeClass},
    view::View,
};

/// The kubelet kills the container for a failed liveness probe.
#[derive(Debug)]
pub(crate) struct LivenessKilling;

static META: Meta = Meta {
    id: CheckId::new("probe/liveness-killing"),
    kind: FindingKind::Probe(ProbeFinding::LivenessKilling),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Check whether the probe is too impatient for this program (timeout, period, failure threshold) or the program hangs.",
        "A liveness probe must not depend on other services.",
    ],
    casebook: include_str!("liveness_killing.md"),
};

impl Check for LivenessKilling {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        probes::report(view, ProbeClass::Liveness, report);
    }
}
