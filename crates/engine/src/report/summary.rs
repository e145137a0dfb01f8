//! Status and headline of a workload.

use dogwatch_model::{
    Diagnosis, Kind, Source,
    snapshot::{ContainerStatus, Pod},
};
use jiff::Timestamp;
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
    let status = status(view, rollout, funnel);
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
fn status(view: &View<'_>, rollout: &Rollout<'_>, funnel: &Funnel) -> Status {
    if fails(funnel, "control_plane_observed") {
        return Status::ControlPlaneNotObserved;
    }
    let is_short = rollout.counters.ready < rollout.desired
        || rollout.counters.available < rollout.desired && !is_old_api(rollout);
    // Services are another question: they never change the status of a workload.
    let has_failed = funnel
        .iter()
        .any(|layer| layer.status == LayerStatus::Fail && layer.layer != "endpoints_ready");
    if !has_failed && !is_short {
        return when_complete(view, rollout);
    }
    if !rollout.is_paused() && is_not_created(view, rollout) {
        return Status::NewVersionNotCreated;
    }
    if fails_probes(view, rollout) {
        return Status::ProbeFailure;
    }
    let is_held = rollout.is_held_by_strategy() && !fails(funnel, "new_pods_ready");
    if !rollout.was_complete() && !is_held {
        return Status::RolloutBlocked;
    }
    // Complete once: only missing Pods count, not the layers of a rollout long over.
    if is_short {
        Status::ReplicasUnavailable
    } else {
        when_complete(view, rollout)
    }
}

/// Pods of the new version run, are not Ready, and fail a probe in this incarnation.
fn fails_probes(view: &View<'_>, rollout: &Rollout<'_>) -> bool {
    let now = view.now();
    rollout
        .active_new_pods()
        .filter(|pod| pod.is_running() && !pod.is_ready())
        .any(|pod| {
            let is_reported = view
                .probes
                .iter()
                .any(|trouble| trouble.suspect.pod.meta.uid == pod.meta.uid);
            let mut statuses = pod.status.container_statuses.iter();
            is_reported || statuses.any(|status| fails_startup(pod, status, now))
        })
}

/// A container that runs for longer than its first startup probe needs and is not started yet.
fn fails_startup(pod: &Pod, status: &ContainerStatus, now: Timestamp) -> bool {
    let container = pod.spec.container(&status.name);
    let probe = container.and_then(|container| container.startup_probe.as_ref());
    let running = status.state.running.as_ref();
    let (Some(probe), Some(begun)) = (probe, running.and_then(|running| running.started_at)) else {
        return false;
    };
    let first = probe.initial_delay_seconds.max(0) + probe.timeout_seconds.max(1);
    status.started == Some(false) && now.duration_since(begun).as_secs() > first
}

/// StatefulSets of old API servers do not count available Pods.
fn is_old_api(rollout: &Rollout<'_>) -> bool {
    rollout.counters.available == 0
        && rollout.object.kind == Kind::StatefulSet
        && rollout.workload.min_ready_seconds() == 0
}

/// Pods are wanted, and none of the new version was made.
fn is_not_created(view: &View<'_>, rollout: &Rollout<'_>) -> bool {
    if !rollout.has_new_version() {
        return true;
    }
    let pods_were_read = view.snapshot.ledger.is_complete(Source::Objects(Kind::Pod));
    let none_was_made = match rollout.version.new_rs {
        Some(new_rs) => {
            new_rs.status.replicas == 0 || pods_were_read && rollout.new_pods.is_empty()
        }
        None => rollout.counters.total == 0,
    };
    rollout.desired > 0 && none_was_made
}

/// Healthy is said only when everything needed was read.
fn when_complete(view: &View<'_>, rollout: &Rollout<'_>) -> Status {
    let needs = needed_sources(rollout);
    if view.snapshot.ledger.complete_for(&needs).is_ok() {
        Status::Healthy
    } else {
        Status::Unknown
    }
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
            gaps(view, rollout)
        ),
        (_, Some(cause)) if cause.confidence.is_sufficient() => format!("{}.", cause.title),
        (_, _) => insufficient(diagnosis),
    };
    let is_complete = matches!(status, Status::Healthy | Status::Unknown);
    let has_old = rollout.active_old_pods().any(Pod::is_ready);
    let serves = counters.ready >= rollout.desired || counters.available >= rollout.desired;
    if !is_complete && (has_old || serves && counters.updated < rollout.desired) {
        text.push_str(" Pods of the old version still serve.");
    } else if !is_complete && counters.ready == 0 && rollout.desired > 0 {
        text.push_str(" No Pod is ready.");
    }
    text
}

fn gaps(view: &View<'_>, rollout: &Rollout<'_>) -> String {
    let needs = needed_sources(rollout);
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
