#![doc = include_str!("pod_not_ready.md")]

use dogwatch_model::{
    CheckId, FindingKind, PodFinding,
    snapshot::{ContainerStatus, Pod},
};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::is_coming_up,
    view::View,
};

/// The Pod runs and is not Ready.
#[derive(Debug)]
pub(crate) struct NotReady;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-not-ready"),
    kind: FindingKind::Pod(PodFinding::NotReady),
    needs: sources::PODS,
    advice: &[
        "Look at the more specific finding on the same Pod; without one, read the conditions and the log.",
    ],
    casebook: include_str!("pod_not_ready.md"),
};

impl Check for NotReady {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let pod = suspect.pod;
            let is_alive = pod.status.phase == "Running" && !pod.meta.is_terminating();
            let Some(ready) = pod.condition("Ready").filter(|known| !known.is_true()) else {
                continue;
            };
            if !is_alive || is_starting(view, suspect.pod) {
                continue;
            }
            let subject = Subject::of(suspect.object.clone()).since(ready.since);
            let waiting = pod
                .container_statuses()
                .filter(|status| !status.ready)
                .map(|status| {
                    cite::status(&suspect.object, &format!("{}.ready", status.name), false)
                });
            report.found(subject, cite::condition(&suspect.object, ready), waiting);
        }
    }
}

/// True while a young Pod comes up, and until its probe could succeed for the first time.
fn is_starting(view: &View<'_>, pod: &Pod) -> bool {
    is_coming_up(pod, view.now()) || waits_for_probe(view, pod)
}

/// True when every container that is not ready waits for its first probe, and none was restarted.
fn waits_for_probe(view: &View<'_>, pod: &Pod) -> bool {
    let mut unready = pod.container_statuses().filter(|status| !status.ready);
    let waits = |status: &ContainerStatus| {
        let mut containers = pod.spec.containers.iter();
        let container = containers.find(|known| known.name == status.name);
        let probe = container.and_then(|known| known.readiness_probe.as_ref());
        let (Some(probe), Some(running)) = (probe, &status.state.running) else {
            return false;
        };
        let first = probe.initial_delay_seconds + probe.period_seconds.max(DEFAULT_PERIOD);
        let first = SignedDuration::from_secs(first);
        let begun = running.started_at;
        status.restart_count == 0
            && probe.initial_delay_seconds > 0
            && begun.is_some_and(|at| view.now().duration_since(at) < first)
    };
    unready.next().is_some_and(waits) && unready.all(waits)
}

/// Seconds between probes when nothing else is said.
const DEFAULT_PERIOD: i64 = 10;
