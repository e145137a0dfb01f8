#![doc = include_str!("probe_port_mismatch.md")]

use dogwatch_model::{CheckId, FindingKind, ProbeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::probes::{self, ProbeClass},
    view::View,
};

/// The probe asks a port that the container does not declare.
#[derive(Debug)]
pub(crate) struct PortMismatch;

static META: Meta = Meta {
    id: CheckId::new("probe/probe-port-mismatch"),
    kind: FindingKind::Probe(ProbeFinding::PortMismatch),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Correct the port of the probe, or the port that the program listens on."],
    casebook: include_str!("probe_port_mismatch.md"),
};

impl Check for PortMismatch {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        probes::report(view, ProbeClass::PortMismatch, report);
    }
}
