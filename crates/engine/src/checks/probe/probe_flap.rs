#![doc = include_str!("probe_flap.md")]

use dogwatch_model::{CheckId, FindingKind, ProbeFinding, snapshot::Pod};
use jiff::{SignedDuration, Timestamp};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::{View, is_within},
};

/// The Pod goes in and out of readiness.
#[derive(Debug)]
pub(crate) struct ProbeFlap;

static META: Meta = Meta {
    id: CheckId::new("probe/probe-flap"),
    kind: FindingKind::Probe(ProbeFinding::ProbeFlap),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Look at what the endpoint of the probe depends on, and at its timeout and threshold.",
    ],
    casebook: include_str!("probe_flap.md"),
};

impl Check for ProbeFlap {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for (event, pod) in notes::of_pods(view, &["Unhealthy"]) {
            let is_new = |at, span| is_within(view.now(), at, span);
            let ready = pod.condition("Ready").filter(|ready| ready.is_true());
            let changed = ready.and_then(|ready| Some((ready, ready.since?)));
            let Some((ready, changed)) = changed.filter(|_| !pod.meta.is_terminating()) else {
                continue;
            };
            let is_old = pod
                .begun()
                .is_some_and(|at| view.now().duration_since(at) > SETTLED);
            let is_flapping = is_old
                && is_new(changed, SHORT)
                && event.count >= OFTEN
                && event.message.starts_with("Readiness")
                && event.last_seen.is_some_and(|at| is_new(at, SHORT))
                && !restarted_since(pod, changed);
            if !is_flapping {
                continue;
            }
            let object = cite::pod(pod);
            let subject = Subject::of(object.clone())
                .container(event.container().unwrap_or_default())
                .since(event.first_seen);
            let fact = cite::condition(&object, ready);
            report.found(subject, cite::event(event), [fact]);
        }
    }
}

/// A change that is no older has just been.
const SHORT: SignedDuration = SignedDuration::from_mins(5);

/// Failures while a program starts are normal.
const SETTLED: SignedDuration = SignedDuration::from_mins(15);

/// The usual threshold, twice.
const OFTEN: i64 = 6;

/// A container that was restarted is not ready for a while: that is no flapping.
fn restarted_since(pod: &Pod, changed: Timestamp) -> bool {
    let starts = pod
        .container_statuses()
        .filter_map(|status| status.state.running.as_ref());
    let newest = starts.filter_map(|running| running.started_at).max();
    newest.is_some_and(|at| changed.duration_since(at) < SETTLED)
}
