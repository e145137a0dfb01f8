//! From findings and links to ranked causes.

mod confidence;
mod handoff;
mod rank;
mod relevance;

pub(crate) use rank::owner_of;

use core::{
    iter,
    sync::atomic::{AtomicUsize, Ordering},
};
use std::{panic::resume_unwind, thread};

use dogwatch_model::{
    Diagnosis, Evidence, Finding, FindingKind, ObjectRef, Severity, Snapshot, Undecided,
    snapshot::Pod,
};

use crate::{
    causality,
    check::{self, Check},
    checks::CHECKS,
    cite,
    view::View,
};

/// Diagnoses a snapshot. With a target, only findings about the target, and what explains them, are
/// kept; without one, everything is.
///
/// The order is fixed: derive versions and readings, run every check, weigh against the facts that
/// speak against, link, rank.
pub fn diagnose(snapshot: &Snapshot, target: Option<&ObjectRef>) -> Diagnosis {
    let view = View::new(snapshot);
    diagnose_view(&view, target)
}

/// Like [`diagnose`], over a view that the caller keeps.
pub(crate) fn diagnose_view(view: &View<'_>, target: Option<&ObjectRef>) -> Diagnosis {
    let (mut findings, mut undecided) = detect(view, target.is_none());
    add_counter_evidence(view, &mut findings);
    if let Some(target) = target {
        let kept = relevance::of_target(view, &findings, target);
        findings = kept;
        undecided.retain(|entry| relevance::is_about(view, &entry.object, target));
    }
    let graph = causality::build(view, &findings);
    let causes = rank::causes(view, &findings, &graph);
    let handoff = handoff::next(&findings, &causes);
    Diagnosis {
        findings,
        graph,
        causes,
        undecided,
        handoff,
    }
}

/// Notes of one check about a whole scope: nobody reads more, and the first tells how many there are.
const MAX_NOTES: usize = 50;

/// What one check found and could not decide.
type Outcome = (Vec<Finding>, Vec<Undecided>);

/// Runs every check; the order of the registry does not show in the result.
fn detect(view: &View<'_>, is_whole: bool) -> (Vec<Finding>, Vec<Undecided>) {
    let mut findings = Vec::new();
    let mut undecided = Vec::new();
    for (mut found, open) in run_all(view) {
        if is_whole {
            fold_notes(&mut found);
        }
        findings.extend(found);
        undecided.extend(open);
    }
    findings.sort_by(|one, other| {
        (&one.object, one.kind, &one.container, &one.detail).cmp(&(
            &other.object,
            other.kind,
            &other.container,
            &other.detail,
        ))
    });
    undecided.sort();
    undecided.dedup();
    (findings, undecided)
}

/// Clusters with more Pods than this are looked at on several threads.
const LARGE: usize = 2_000;

/// Threads for a large cluster.
const LANES: usize = 4;

/// What each check found and could not decide, in the order of the registry on any number of threads.
fn run_all(view: &View<'_>) -> Vec<Outcome> {
    if view.snapshot.pods.len() <= LARGE {
        let all = CHECKS.iter();
        return all.map(|check| check::run_one(*check, view)).collect();
    }
    let next = AtomicUsize::new(0);
    let lane = || {
        let turns = iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let turns = turns.map_while(|at| Some((at, CHECKS.get(at)?)));
        let run = |(at, check): (usize, &&dyn Check)| (at, check::run_one(*check, view));
        turns.map(run).collect::<Vec<_>>()
    };
    let mut outcomes = thread::scope(|scope| {
        let others: Vec<_> = (1..LANES).map(|_| scope.spawn(lane)).collect();
        let mut outcomes = lane();
        for other in others {
            // A check that panics is caught on its own: this would be a defect of ours.
            outcomes.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        outcomes
    });
    outcomes.sort_unstable_by_key(|(at, _)| *at);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Keeps the first notes of a check that has only notes, and tells of the others.
fn fold_notes(found: &mut Vec<Finding>) {
    let are_notes = found
        .iter()
        .all(|finding| finding.severity == Severity::Info);
    if !are_notes || found.len() <= MAX_NOTES {
        return;
    }
    let more = found.len() - MAX_NOTES;
    found.truncate(MAX_NOTES);
    if let Some(first) = found.first_mut() {
        let separator = if first.detail.is_empty() { "" } else { "; " };
        let told = format!(
            "{}{separator}the same of {more} more that are not listed",
            first.detail
        );
        first.detail = told;
    }
}

/// Finds the casebook of a check by id, or by the mode alone.
pub fn explain_check(id: &str) -> Option<&'static dyn Check> {
    CHECKS
        .iter()
        .copied()
        .find(|check| check.meta().id.as_str() == id || check.meta().kind.mode() == id)
}

/// Pods of the same version that are Ready speak against a cause that lies in the template.
fn add_counter_evidence(view: &View<'_>, findings: &mut [Finding]) {
    for finding in findings
        .iter_mut()
        .filter(|finding| is_template_inherent(finding.kind))
    {
        let Some(pod) = view.snapshot.pod(&finding.object.uid) else {
            continue;
        };
        let Some(fact) = ready_siblings(view, pod) else {
            continue;
        };
        finding.against.push(fact);
    }
}

fn ready_siblings(view: &View<'_>, pod: &Pod) -> Option<Evidence> {
    let rollout = view.rollout_of(pod)?;
    if view.is_old_version(pod) {
        return None;
    }
    let ready = rollout
        .active_new_pods()
        .filter(|sibling| sibling.is_ready())
        .count();
    let all = rollout.active_new_pods().count();
    (ready > 0).then(|| {
        let value = format!("{ready} of {all} Pods of the same version are Ready");
        cite::status(&rollout.object, "Pods of this version", value)
    })
}

/// Kinds that would hit every Pod of a version alike.
fn is_template_inherent(kind: FindingKind) -> bool {
    match kind {
        FindingKind::Container(_) | FindingKind::Probe(_) => true,
        FindingKind::Image(_)
        | FindingKind::Workload(_)
        | FindingKind::Admission(_)
        | FindingKind::Pod(_)
        | FindingKind::Scheduling(_)
        | FindingKind::Storage(_)
        | FindingKind::Network(_)
        | FindingKind::Node(_)
        | FindingKind::Addon(_)
        | FindingKind::Job(_)
        | FindingKind::Autoscaling(_)
        | FindingKind::Disruption(_)
        | FindingKind::Config(_)
        | FindingKind::Lifecycle(_)
        | FindingKind::ControlPlane(_)
        | FindingKind::Certificate(_)
        | FindingKind::Operator(_)
        | FindingKind::Release(_)
        | FindingKind::ClusterApi(_)
        | FindingKind::Gitops(_) => false,
    }
}
