#![doc = include_str!("pod_not_ready.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding, snapshot::Pod};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
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

/// A Pod this young may still be starting.
const PATIENCE: SignedDuration = SignedDuration::from_secs(30);

fn is_starting(view: &View<'_>, pod: &Pod) -> bool {
    let restarted = pod
        .container_statuses()
        .any(|status| status.restart_count > 0);
    let begun = pod.status.start_time.or(pod.meta.created);
    !restarted && begun.is_some_and(|at| view.now().duration_since(at) < PATIENCE)
}
