//! Components of the cluster that others depend on: how many of their Pods work.

use dogwatch_model::{Evidence, Finding, Kind, Source, snapshot::Pod};
use jiff::{SignedDuration, Timestamp};

use crate::{
    check::{Report, Subject},
    cite,
    rollout::Rollout,
    view::View,
};

/// A new Pod may be unready for this long without anything being wrong.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

/// Pods named in one finding.
const MAX_PODS: usize = 4;

/// The Pods of one component.
#[derive(Debug, Default)]
pub(crate) struct Readiness<'a> {
    pub(crate) ready: usize,
    /// Pods that should work and do not.
    pub(crate) down: Vec<&'a Pod>,
    /// Pods that may still come up.
    starting: usize,
    terminating: usize,
}

impl Readiness<'_> {
    /// True when none works and none is about to. While the only Pod is being replaced, that is
    /// not known yet.
    pub(crate) fn is_absent(&self) -> bool {
        let is_replaced = self.terminating > 0 && self.down.is_empty();
        self.ready == 0 && self.starting == 0 && !is_replaced
    }
}

/// Counts the Pods of a component; `None` when Pods of its Namespace were not read.
pub(crate) fn readiness<'a>(view: &View<'a>, rollout: &Rollout<'a>) -> Option<Readiness<'a>> {
    let pods = Source::Objects(Kind::Pod);
    let namespace = &rollout.meta().namespace;
    if !view.snapshot.ledger.has_in(pods, namespace) {
        return None;
    }
    let mut readiness = Readiness::default();
    for pod in rollout.new_pods.iter().chain(&rollout.old_pods).copied() {
        if pod.is_ready() {
            readiness.ready += 1;
        } else if pod.meta.is_terminating() {
            readiness.terminating += 1;
        } else if is_starting(view, pod) {
            readiness.starting += 1;
        } else if !pod.is_finished() {
            readiness.down.push(pod);
        }
    }
    Some(readiness)
}

/// True for a Pod that should work, does not, and is not just starting or ending.
pub(crate) fn is_down(view: &View<'_>, pod: &Pod) -> bool {
    let is_leaving = pod.meta.is_terminating() || pod.is_finished();
    !pod.is_ready() && !is_leaving && !is_starting(view, pod)
}

fn is_starting(view: &View<'_>, pod: &Pod) -> bool {
    let has_restarted = pod
        .container_statuses()
        .any(|known| known.restart_count > 0);
    let begun = pod.begun();
    !has_restarted
        && !pod.node.is_empty()
        && begun.is_some_and(|at| view.now().duration_since(at) < PATIENCE)
}

/// The Pods that do not work of the component that a finding is about.
pub(crate) fn of_finding<'a>(view: &View<'a>, finding: &Finding) -> Vec<&'a Pod> {
    let rollout = view.rollout(&finding.object);
    let readiness = rollout.and_then(|rollout| readiness(view, rollout));
    readiness.map_or_else(Vec::new, |known| known.down)
}

/// When a Pod stopped being Ready, as far as known.
pub(crate) fn unready_since(pod: &Pod) -> Option<Timestamp> {
    let ready = pod.condition("Ready").filter(|known| !known.is_true());
    ready.and_then(|known| known.since)
}

/// Reports a component for which `is_bad` holds.
pub(crate) fn report<'a>(
    view: &View<'a>,
    rollout: &Rollout<'a>,
    report: &mut Report<'_>,
    is_bad: impl Fn(&Readiness<'a>) -> bool,
) {
    let Some(readiness) = readiness(view, rollout) else {
        report.undecided(rollout.object.clone(), Source::Objects(Kind::Pod));
        return;
    };
    if rollout.desired == 0 || !is_bad(&readiness) {
        return;
    }
    let since = readiness.down.iter().filter_map(|pod| unready_since(pod));
    let subject = Subject::of(rollout.object.clone())
        .detail(format!("{} of {} ready", readiness.ready, rollout.desired))
        .since(since.min());
    let count = format!("{} of {}", rollout.counters.ready, rollout.desired);
    report.found(
        subject,
        cite::status(&rollout.object, "ready replicas", count),
        readiness.down.iter().take(MAX_PODS).map(|pod| state(pod)),
    );
}

/// What a Pod says of its readiness.
pub(crate) fn state(pod: &Pod) -> Evidence {
    let ready = pod
        .condition("Ready")
        .map_or("not reported", |known| &known.status);
    cite::status(&cite::pod(pod), "conditions.Ready", ready)
}
