#![doc = include_str!("config_drift.md")]

use std::collections::BTreeMap;

use dogwatch_model::{CheckId, ConfigFinding, Evidence, FindingKind, Severity, snapshot::Pod};
use jiff::{SignedDuration, Timestamp};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::configs::{self, ConfigKey, Used},
    view::View,
};

/// A ConfigMap or Secret changed, and the Pod runs with the old values or failed with the new ones.
#[derive(Debug)]
pub(crate) struct ConfigDrift;

static META: Meta = Meta {
    id: CheckId::new("config/config-drift"),
    kind: FindingKind::Config(ConfigFinding::ConfigDrift),
    needs: sources::PODS_AND_CONFIG,
    advice: &[
        "Restart the workload to take the new values over, or compare them with the ones before when it failed after the change.",
    ],
    casebook: include_str!("config_drift.md"),
};

impl Check for ConfigDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let changes = configs::changes(view);
        if changes.is_empty() {
            return;
        }
        for pod in view.snapshot.pods.iter().filter(|pod| is_alive(view, pod)) {
            let failed = failed_since(view, pod);
            for container in &pod.spec.containers {
                let used = configs::of_container(pod, container);
                if let Some(drift) = drift(pod, &container.name, &used, &changes, failed) {
                    found(pod, &container.name, &drift, report);
                }
            }
        }
    }
}

/// Clocks of the API server and of nodes differ.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// What fails later than this after a change has rather another reason.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// What one container uses that changed.
struct Drift<'u> {
    used: &'u Used,
    at: Timestamp,
    /// The Pod fails since, where it failed after the change.
    broken_since: Option<Timestamp>,
}

fn drift<'u>(
    pod: &Pod,
    container: &str,
    used: &'u [Used],
    changes: &BTreeMap<ConfigKey, Timestamp>,
    failed: Option<Timestamp>,
) -> Option<Drift<'u>> {
    let known = used
        .iter()
        .filter_map(|used| Some((used, *changes.get(&used.key)?)));
    let broke = known
        .clone()
        .find(|(_, at)| failed.is_some_and(|failed| follows(failed, *at)));
    if let Some((used, at)) = broke {
        return Some(Drift {
            used,
            at,
            broken_since: failed,
        });
    }
    let begun = started(pod, container)?;
    let (used, at) = known
        .clone()
        .find(|(used, at)| used.is_env && *at > begun + TOLERANCE)?;
    Some(Drift {
        used,
        at,
        broken_since: None,
    })
}

fn found(pod: &Pod, container: &str, drift: &Drift<'_>, report: &mut Report<'_>) {
    let Drift {
        used,
        at,
        broken_since,
    } = drift;
    let field = format!("{container}.{}", used.field());
    let facts = [
        cite::spec(&cite::pod(pod), &field, &used.key.2),
        state(pod, container, *broken_since),
    ];
    let field = "metadata.managedFields[].time";
    let fact = cite::status_at(&used.object(), field, at, Some(*at));
    let is_hit = broken_since
        .or(unready_since(pod))
        .is_some_and(|since| follows(since, *at));
    let severity = if is_hit {
        Severity::Warning
    } else {
        Severity::Info
    };
    let values = if broken_since.is_some() {
        "new values"
    } else {
        "old values"
    };
    let subject = Subject::of(cite::pod(pod))
        .container(container)
        .detail(format!("{}/{}: {values}", used.key.0, used.key.2))
        .since(Some(*at))
        .severity(severity);
    report.found(subject, fact, facts);
}

fn is_alive(view: &View<'_>, pod: &Pod) -> bool {
    !pod.is_finished() && !pod.meta.is_terminating() && !view.is_old_version(pod)
}

/// Since when the Pod is not Ready, when a container of it ended in error.
fn failed_since(view: &View<'_>, pod: &Pod) -> Option<Timestamp> {
    let since = unready_since(pod)?;
    let mut ends = view.ends.iter();
    let has_end = ends.any(|end| core::ptr::eq(end.suspect.pod, pod) && end.exit_code != Some(0));
    has_end.then_some(since)
}

fn unready_since(pod: &Pod) -> Option<Timestamp> {
    let ready = pod.condition("Ready").filter(|ready| !ready.is_true());
    ready.and_then(|ready| ready.since)
}

fn follows(failed: Timestamp, changed: Timestamp) -> bool {
    let after = failed.duration_since(changed);
    after > -TOLERANCE && after <= WINDOW
}

fn started(pod: &Pod, container: &str) -> Option<Timestamp> {
    let mut statuses = pod.container_statuses();
    let status = statuses.find(|status| status.name == *container)?;
    status.state.running.as_ref()?.started_at
}

/// Since when the container runs, or the Pod fails.
fn state(pod: &Pod, container: &str, failed: Option<Timestamp>) -> Evidence {
    let object = cite::pod(pod);
    if let Some(ready) = pod.condition("Ready").filter(|_| failed.is_some()) {
        return cite::condition(&object, ready);
    }
    let at = started(pod, container).map_or_else(String::new, |at| at.to_string());
    cite::status(&object, &format!("{container}.state.running.startedAt"), at)
}
