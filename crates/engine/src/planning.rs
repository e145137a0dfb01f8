//! From a diagnosis to two or three options, one of which is to do nothing.
//!
//! A cause with enough evidence leads to the remedies of its mode; pressure that was measured leads
//! to those for load. An alert alone leads to none.

mod bounds;
mod candidates;
mod pressure;
mod ways;

use dogwatch_model::{
    Alert, Diagnosis, ObjectRef, Role, Severity,
    plan::{Draft, Expectation, PlanOption, PlanRefusal, RemedyRequest, Target},
};

use crate::remedies::{self, Ground};

pub use pressure::{Pressure, PressureOn};

/// Options that write something. More is no choice at 3 a.m.
const MAX_WRITING: usize = 2;

/// What it is about.
#[derive(Debug)]
pub struct Concern<'a> {
    /// The object somebody asks about.
    pub target: &'a ObjectRef,
    /// Alerts that are firing about it.
    pub alerts: &'a [Alert],
    /// What was measured, when it is too much.
    pub pressure: Option<&'a Pressure>,
    /// The time that restarts and requeues write down; chosen by the caller.
    pub at: &'a str,
}

/// What can be done, and what cannot, with the reason.
#[derive(Debug, Default)]
pub struct Options {
    /// The best first; the last one writes nothing.
    pub offered: Vec<PlanOption<Draft>>,
    /// What was thought of and is in the way.
    pub refused: Vec<(RemedyRequest, PlanRefusal)>,
    /// Why nothing else is offered; empty when something is.
    pub why_none: String,
}

/// The options for a diagnosis.
pub fn options(ground: &Ground<'_>, diagnosis: &Diagnosis, concern: &Concern<'_>) -> Options {
    let mut options = Options::default();
    let mut requests = candidates::of_pressure(ground, concern);
    requests.extend(candidates::of_causes(ground, diagnosis, concern));
    let mut known: Vec<String> = Vec::new();
    for request in requests {
        if known.contains(&request.key()) {
            continue;
        }
        known.push(request.key());
        if options.offered.len() == MAX_WRITING {
            break;
        }
        match remedies::plan(ground, &request) {
            Ok(mut draft) => {
                expect_relief(&mut draft, diagnosis, concern);
                options.offered.push(draft);
            }
            Err(refusal) => options.refused.push((request, refusal)),
        }
    }
    if options.offered.is_empty() {
        options.why_none = why_none(diagnosis, concern, &options.refused);
    }
    if let Ok(escalate) = remedies::plan(ground, &RemedyRequest::Escalate) {
        options.offered.push(escalate);
    }
    options
}

/// True when the diagnosis leads to a rollback, so that the Helm release is worth opening.
pub fn wants_rollback(diagnosis: &Diagnosis) -> bool {
    candidates::wants_rollback(diagnosis)
}

/// The draft of one request, with what must be true afterwards.
///
/// # Errors
/// When something is in the way.
pub fn option(
    ground: &Ground<'_>,
    diagnosis: &Diagnosis,
    concern: &Concern<'_>,
    request: &RemedyRequest,
) -> Result<PlanOption<Draft>, PlanRefusal> {
    let mut draft = remedies::plan(ground, request)?;
    expect_relief(&mut draft, diagnosis, concern);
    Ok(draft)
}

/// What woke somebody must be gone, and nothing new may be wrong.
fn expect_relief(draft: &mut PlanOption<Draft>, diagnosis: &Diagnosis, concern: &Concern<'_>) {
    // A cluster that sleeps can be asked nothing: the provider's word is all there is.
    if let RemedyRequest::HibernateCluster {
        hibernated: true, ..
    } = draft.request
    {
        return;
    }
    for alert in concern.alerts {
        draft.verification.push(Expectation::AlertGone {
            name: alert.name.to_string(),
            object: Target::of(&alert.object),
        });
    }
    if let Some(pressure) = concern.pressure {
        draft.verification.push(pressure.expectation());
    }
    let mut known: Vec<String> = diagnosis
        .findings
        .iter()
        .filter(|finding| finding.severity != Severity::Info)
        .map(|finding| finding.kind.mode().to_owned())
        .collect();
    known.extend(
        remedies::foretold(&draft.request)
            .iter()
            .map(|mode| (*mode).to_owned()),
    );
    known.sort();
    known.dedup();
    draft.verification.push(Expectation::NothingNew {
        object: Target::of(concern.target),
        known,
    });
}

/// Why there is nothing to offer, naming what would help.
fn why_none(
    diagnosis: &Diagnosis,
    concern: &Concern<'_>,
    refused: &[(RemedyRequest, PlanRefusal)],
) -> String {
    if let Some((request, refusal)) = refused.first() {
        return format!("{}: {refusal}", request.id());
    }
    let is_cause = |cause: &&dogwatch_model::Cause| {
        cause.role == Role::Cause && diagnosis.findings[cause.finding].severity != Severity::Info
    };
    let causes: Vec<_> = diagnosis.causes.iter().filter(is_cause).collect();
    if let Some(cause) = causes.first() {
        let finding = &diagnosis.findings[cause.finding];
        if !cause.confidence.is_sufficient() {
            return format!(
                "insufficient evidence for {} about {} ({}); look by hand",
                finding.kind.mode(),
                finding.object,
                cause.confidence
            );
        }
        return format!(
            "no remedy ends {} about {}; follow the advice of the diagnosis by hand",
            finding.kind.mode(),
            finding.object
        );
    }
    if concern.alerts.is_empty() {
        return format!("nothing is wrong with {}", concern.target);
    }
    format!(
        "insufficient evidence: only alert {} speaks of it, and a plan is never based on one alert; name a metrics source (DOGWATCH_PROMETHEUS_URL) that confirms it",
        concern.alerts[0].name
    )
}
