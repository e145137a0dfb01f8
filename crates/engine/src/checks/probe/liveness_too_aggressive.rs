#![doc = include_str!("liveness_too_aggressive.md")]

use dogwatch_model::{CheckId, FindingKind, ProbeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::probes::ProbeClass,
    view::View,
};

/// The liveness probe kills the container after a few seconds without an answer.
#[derive(Debug)]
pub(crate) struct LivenessAggressive;

static META: Meta = Meta {
    id: CheckId::new("probe/liveness-too-aggressive"),
    kind: FindingKind::Probe(ProbeFinding::LivenessAggressive),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Give the probe a higher failureThreshold, periodSeconds or timeoutSeconds, and a startup probe for slow starts.",
    ],
    casebook: include_str!("liveness_too_aggressive.md"),
};

impl Check for LivenessAggressive {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for trouble in view
            .probes
            .iter()
            .filter(|known| known.class == ProbeClass::Liveness)
        {
            let container = trouble.suspect.pod.spec.container(&trouble.container);
            let Some(probe) = container.and_then(|known| known.liveness_probe.as_ref()) else {
                continue;
            };
            let period = or(probe.period_seconds, 10);
            let threshold = or(probe.failure_threshold, 3);
            let patience = period.saturating_mul(threshold);
            // An answer that says no is a fault of the program, however patient the probe is.
            let is_answered = trouble.outcome.starts_with("HTTP 4");
            if patience > SHORT || is_answered {
                continue;
            }
            let field = format!("{}.livenessProbe", trouble.container);
            let words = format!(
                "periodSeconds {period}, failureThreshold {threshold}, timeoutSeconds {}",
                or(probe.timeout_seconds, 1)
            );
            let object = &trouble.suspect.object;
            let subject = Subject::of(object.clone())
                .container(&trouble.container)
                .detail(format!("{patience} seconds"))
                .since(trouble.since);
            let fact = cite::spec(object, &field, words);
            report.found(subject, fact, trouble.evidence.iter().cloned());
        }
    }
}

/// Seconds; the defaults give three times as many.
const SHORT: i64 = 10;

/// A field of a probe, or the API server's default.
fn or(value: i64, default: i64) -> i64 {
    if value > 0 { value } else { default }
}
