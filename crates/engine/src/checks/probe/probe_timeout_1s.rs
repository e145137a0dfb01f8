#![doc = include_str!("probe_timeout_1s.md")]

use dogwatch_model::{CheckId, FindingKind, ProbeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::probes::ProbeClass,
    view::View,
};

/// A probe times out that waits for one second, as by default.
#[derive(Debug)]
pub(crate) struct ProbeTimeout;

static META: Meta = Meta {
    id: CheckId::new("probe/probe-timeout-1s"),
    kind: FindingKind::Probe(ProbeFinding::ProbeTimeout),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Set timeoutSeconds to what the endpoint needs under load."],
    casebook: include_str!("probe_timeout_1s.md"),
};

impl Check for ProbeTimeout {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for trouble in view
            .probes
            .iter()
            .filter(|known| known.outcome == "timeout")
        {
            let container = trouble.suspect.pod.spec.container(&trouble.container);
            let probe = container.and_then(|known| match trouble.class {
                ProbeClass::Readiness | ProbeClass::PortMismatch => known.readiness_probe.as_ref(),
                ProbeClass::Liveness => known.liveness_probe.as_ref(),
                ProbeClass::Startup => known.startup_probe.as_ref(),
            });
            let Some(probe) = probe.filter(|probe| probe.timeout_seconds <= 1) else {
                continue;
            };
            let given = if probe.timeout_seconds == 0 {
                "not set: 1"
            } else {
                "1"
            };
            let object = &trouble.suspect.object;
            let subject = Subject::of(object.clone())
                .container(&trouble.container)
                .since(trouble.since);
            let field = format!(
                "{}.{:?} probe timeoutSeconds",
                trouble.container, trouble.class
            );
            report.found(
                subject,
                cite::spec(object, &field, given),
                trouble.evidence.iter().cloned(),
            );
        }
    }
}
