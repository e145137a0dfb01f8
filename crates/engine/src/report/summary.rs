//! Status and headline of a workload.

use dogwatch_model::{Diagnosis, FindingKind, Role, Severity, Source};
use serde::Serialize;

use super::{CauseEntry, workload::needed_sources};
use crate::{
    rollout::{Funnel, LayerStatus, Rollout},
    view::View,
};

/// The closed list of statuses, and `unknown` where evidence is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The controller lags.
    ControlPlaneNotObserved,
    /// Nothing of the new version exists.
    NewVersionNotCreated,
    /// Some layer of the rollout fails.
    RolloutBlocked,
    /// Complete once, and short of Pods now.
    ReplicasUnavailable,
    /// Pods of the new version run and fail their probes.
    ProbeFailure,
    /// Everything is there, and everything needed was read.
    Healthy,
    /// Nothing wrong was seen, and not everything was read.
    Unknown,
    /// The object does not exist.
    NotFound,
}

/// Conclusion in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Status.
    pub status: Status,
    /// One or two sentences.
    pub headline: String,
    /// Wanted Pods.
    pub expected_replicas: i64,
    /// Ready Pods of all versions.
    pub ready_replicas: i64,
    /// Available Pods of all versions.
    pub available_replicas: i64,
    /// Public type of the first cause.
    pub top_cause: Option<&'static str>,
}

pub(super) fn summary(
    view: &View<'_>,
    diagnosis: &Diagnosis,
    rollout: &Rollout<'_>,
    funnel: &Funnel,
    causes: &[CauseEntry],
) -> Summary {
    let status = status(view, diagnosis, rollout, funnel, causes);
    Summary {
        status,
        headline: headline(view, diagnosis, rollout, status, causes),
        expected_replicas: rollout.desired,
        ready_replicas: rollout.counters.ready,
        available_replicas: rollout.counters.available,
        top_cause: causes.first().map(|cause| cause.public_type),
    }
}

fn fails(funnel: &Funnel, name: &str) -> bool {
    funnel
        .iter()
        .any(|layer| layer.layer == name && layer.status == LayerStatus::Fail)
}

/// First match in the order of the funnel.
fn status(
    view: &View<'_>,
    diagnosis: &Diagnosis,
    rollout: &Rollout<'_>,
    funnel: &Funnel,
    causes: &[CauseEntry],
) -> Status {
    if !rollout.is_observed() && fails(funnel, "control_plane_observed") {
        return Status::ControlPlaneNotObserved;
    }
    let is_held = rollout.is_held_by_strategy();
    let is_short = rollout.counters.ready < rollout.desired
        || rollout.counters.available < rollout.desired && !is_old_api(rollout);
    let has_layers = funnel.iter().any(|layer| {
        layer.status == LayerStatus::Fail && !matches!(layer.layer, "endpoints_ready")
    });
    if !has_layers && !is_short {
        return when_complete(view, diagnosis, causes);
    }
    if !rollout.is_paused() && is_not_created(rollout) {
        return Status::NewVersionNotCreated;
    }
    if fails_probes(view, rollout) {
        return Status::ProbeFailure;
    }
    if rollout.was_complete() || is_held {
        // Complete once: only missing Pods count, not the layers of a rollout long over.
        return if is_short {
            Status::ReplicasUnavailable
        } else {
            when_complete(view, diagnosis, causes)
        };
    }
    Status::RolloutBlocked
}

/// Pods of the new version run, are not Ready, and the kubelet reports a probe of this incarnation.
fn fails_probes(view: &View<'_>, rollout: &Rollout<'_>) -> bool {
    rollout
        .active_new_pods()
        .filter(|pod| pod.is_running() && !pod.is_ready())
        .any(|pod| {
            view.probes
                .iter()
                .any(|trouble| trouble.suspect.pod.meta.uid == pod.meta.uid)
        })
}

/// StatefulSets of old API servers do not count available Pods.
fn is_old_api(rollout: &Rollout<'_>) -> bool {
    rollout.counters.available == 0
        && rollout.object.kind == dogwatch_model::Kind::StatefulSet
        && rollout.workload.min_ready_seconds() == 0
}

fn is_not_created(rollout: &Rollout<'_>) -> bool {
    if !rollout.has_new_version() {
        return true;
    }
    match rollout.version.new_rs {
        Some(new_rs) => new_rs.desired() > 0 && new_rs.status.replicas == 0,
        None => rollout.version.is_proven && rollout.desired > 0 && rollout.counters.total == 0,
    }
}

/// Healthy is said only when everything needed was read and no fault was found.
fn when_complete(view: &View<'_>, diagnosis: &Diagnosis, causes: &[CauseEntry]) -> Status {
    let faults = causes.iter().any(|cause| {
        cause.role == Role::Cause && cause.severity != Severity::Info && !is_risk(diagnosis, cause)
    });
    if faults {
        return Status::RolloutBlocked;
    }
    let needs = needed_sources(view);
    if view.snapshot.ledger.complete_for(&needs).is_ok() {
        Status::Healthy
    } else {
        Status::Unknown
    }
}

/// Facts that do not make a complete workload unhealthy: containers that recovered, a Service, the
/// node of a Pod.
fn is_risk(diagnosis: &Diagnosis, cause: &CauseEntry) -> bool {
    diagnosis.findings.iter().any(|finding| {
        finding.check == cause.check
            && matches!(
                finding.kind,
                FindingKind::Network(_)
                    | FindingKind::Node(_)
                    | FindingKind::Addon(_)
                    | FindingKind::Container(_)
                    | FindingKind::Pod(_)
                    | FindingKind::Probe(_)
            )
    })
}

fn headline(
    view: &View<'_>,
    diagnosis: &Diagnosis,
    rollout: &Rollout<'_>,
    status: Status,
    causes: &[CauseEntry],
) -> String {
    let counters = rollout.counters;
    let name = &rollout.object.name;
    let first = causes.first();
    let mut text = match (status, first) {
        (Status::Healthy, None) => {
            format!(
                "{name} is healthy: {} of {} Pods ready.",
                counters.ready, rollout.desired
            )
        }
        (Status::Healthy, Some(note)) => format!("{name} is healthy. {}.", note.title),
        (Status::Unknown, _) => format!(
            "No fault seen in {name}, but not everything could be read: {}.",
            gaps(view)
        ),
        (_, Some(cause)) if cause.confidence.is_sufficient() => format!("{}.", cause.title),
        (_, _) => insufficient(diagnosis),
    };
    let is_complete = matches!(status, Status::Healthy | Status::Unknown);
    let has_old = rollout.active_old_pods().any(|pod| pod.is_ready());
    let serves = counters.ready >= rollout.desired || counters.available >= rollout.desired;
    if !is_complete && (has_old || serves && counters.updated < rollout.desired) {
        text.push_str(" Pods of the old version still serve.");
    } else if !is_complete && counters.ready == 0 && rollout.desired > 0 {
        text.push_str(" No Pod is ready.");
    }
    text
}

fn gaps(view: &View<'_>) -> String {
    let needs = needed_sources(view);
    let holes = view
        .snapshot
        .ledger
        .complete_for(&needs)
        .err()
        .map(|holes| holes.0);
    let names: Vec<String> = holes
        .unwrap_or_default()
        .iter()
        .map(|hole| hole.source.to_string())
        .collect();
    names.join(", ")
}

/// The honest third answer, with the read that would decide.
fn insufficient(diagnosis: &Diagnosis) -> String {
    let mut needs: Vec<Source> = diagnosis.undecided.iter().map(|open| open.needs).collect();
    needs.sort();
    needs.dedup();
    if needs.is_empty() {
        return "Not healthy, and insufficient evidence for a cause.".to_owned();
    }
    let names: Vec<String> = needs.iter().map(ToString::to_string).collect();
    format!(
        "Not healthy, and insufficient evidence for a cause: read {} to decide.",
        names.join(", ")
    )
}
