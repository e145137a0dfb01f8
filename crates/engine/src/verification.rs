//! Whether what a plan promised is true now: the predicates of the diagnosis, once more.

use std::collections::BTreeMap;

use dogwatch_model::{
    Diagnosis, Kind, ObjectRef, Role, Severity, Source,
    plan::{Expectation, Fact, Outcome, Target, Verdict, Verification},
    snapshot::Condition,
};

use crate::{
    diagnosis::diagnose_view,
    rollout::{LayerStatus, funnel},
    view::View,
};

/// What was seen beside the snapshot.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Alerts that are firing now, by name and object; `None` when their source was not asked or
    /// gave no answer.
    pub alerts: Option<Vec<(String, ObjectRef)>>,
    /// The highest sample of each query, in thousandths; absent when there was no answer, `None`
    /// when there was no data.
    pub metrics: BTreeMap<String, Option<i64>>,
    /// Values of fields by object key and field.
    pub fields: BTreeMap<(String, String), String>,
}

/// Judges every expectation.
pub fn verify(view: &View<'_>, expectations: &[Expectation], seen: &Seen) -> Verification {
    let judge = |expectation: &Expectation| {
        let (outcome, words) = verdict(view, expectation, seen);
        Verdict {
            expectation: expectation.clone(),
            outcome,
            seen: words,
        }
    };
    Verification {
        verdicts: expectations.iter().map(judge).collect(),
    }
}

fn verdict(view: &View<'_>, expectation: &Expectation, seen: &Seen) -> (Outcome, String) {
    match expectation {
        Expectation::RolledOut { workload, replicas } => rolled_out(view, workload, *replicas),
        Expectation::NotFound { mode, object } => not_found(view, mode, object),
        Expectation::FieldIs { object, fact } => field_is(object, fact, seen),
        Expectation::Gone { object } => gone(view, object),
        Expectation::NodesReady { at_least, .. } => nodes_ready(view, *at_least),
        Expectation::AlertGone { name, object } => alert_gone(name, object, seen),
        Expectation::MetricBelow {
            query,
            threshold_milli,
        } => metric_below(query, *threshold_milli, seen),
        Expectation::NothingNew { object, known } => nothing_new(view, object, known),
    }
}

/// The words of a kind that was not read, or only in part.
fn unread(view: &View<'_>, kind: Kind) -> Option<(Outcome, String)> {
    let is_read = view.snapshot.ledger.has(Source::Objects(kind));
    let words = || format!("{} could not be read", kind.info().plural);
    (!is_read).then(|| (Outcome::Undecided, words()))
}

/// The funnel of the workload must be green: its controller has seen the spec, and Pods of the new
/// version are what is Ready. Old replicas prove nothing.
fn rolled_out(view: &View<'_>, workload: &Target, replicas: i64) -> (Outcome, String) {
    let Some(object) = workload.object() else {
        return (
            Outcome::Undecided,
            format!("{} is no kind that is read", workload.kind),
        );
    };
    let Some(rollout) = view.rollout(&object) else {
        return unread(view, object.kind)
            .unwrap_or((Outcome::Unmet, format!("{workload} is not there")));
    };
    let counters = &rollout.counters;
    let words = format!(
        "{} of {replicas} updated, {} ready, {} available",
        counters.updated, counters.ready, counters.available
    );
    if rollout.desired != replicas {
        let words = format!(
            "{} replicas are wanted now, {replicas} were expected",
            rollout.desired
        );
        return (Outcome::Unmet, words);
    }
    if !rollout.version.is_proven {
        return (
            Outcome::Undecided,
            "which Pods are the new version could not be told".to_owned(),
        );
    }
    // The last layer is about Services, which a rollout does not answer for.
    let layers = funnel(view.snapshot, rollout);
    let failing = layers
        .iter()
        .find(|layer| layer.layer != "endpoints_ready" && layer.status != LayerStatus::Pass);
    match failing.map(|layer| (layer.layer, layer.status)) {
        None => (Outcome::Met, words),
        Some((_, LayerStatus::Unknown)) => (Outcome::Undecided, words),
        Some((layer, _)) => (Outcome::Unmet, format!("{words}; {layer} is not reached")),
    }
}

fn not_found(view: &View<'_>, mode: &str, target: &Target) -> (Outcome, String) {
    let Some(object) = target.object() else {
        return (
            Outcome::Undecided,
            format!("{} is no kind that is read", target.kind),
        );
    };
    let diagnosis = diagnose_view(view, Some(&object));
    let found = diagnosis
        .findings
        .iter()
        .find(|finding| finding.kind.mode() == mode);
    if let Some(finding) = found {
        return (
            Outcome::Unmet,
            format!("`{mode}` is found about {}", finding.object),
        );
    }
    let mut open = diagnosis.undecided.iter();
    if let Some(open) = open.find(|open| open.check.as_str().ends_with(&format!("/{mode}"))) {
        return (
            Outcome::Undecided,
            format!("{} would have to be read", open.needs),
        );
    }
    (Outcome::Met, format!("`{mode}` is not found"))
}

fn field_is(object: &Target, fact: &Fact, seen: &Seen) -> (Outcome, String) {
    match seen.fields.get(&(object.key(), fact.field.clone())) {
        None => (Outcome::Undecided, format!("{object} could not be read")),
        Some(value) if *value == fact.value => (Outcome::Met, format!("it is {value}")),
        Some(value) => (Outcome::Unmet, format!("it is {value}")),
    }
}

fn gone(view: &View<'_>, target: &Target) -> (Outcome, String) {
    let Some(object) = target.object().filter(|object| object.kind == Kind::Pod) else {
        return (
            Outcome::Undecided,
            format!("{} is not followed", target.kind),
        );
    };
    if let Some(open) = unread(view, Kind::Pod) {
        return open;
    }
    match view.snapshot.pod(&object.uid) {
        Some(_) => (Outcome::Unmet, format!("{target} is still there")),
        None => (Outcome::Met, format!("{target} of before is gone")),
    }
}

fn nodes_ready(view: &View<'_>, at_least: u32) -> (Outcome, String) {
    if let Some(open) = unread(view, Kind::Node) {
        return open;
    }
    let nodes = view.snapshot.nodes.iter();
    let ready = nodes
        .filter(|node| node.condition("Ready").is_some_and(Condition::is_true))
        .count();
    let words = format!("{ready} Nodes are Ready");
    let is_met = u32::try_from(ready).unwrap_or(u32::MAX) >= at_least;
    (if is_met { Outcome::Met } else { Outcome::Unmet }, words)
}

fn alert_gone(name: &str, target: &Target, seen: &Seen) -> (Outcome, String) {
    let Some(alerts) = &seen.alerts else {
        return (
            Outcome::Undecided,
            "the source of alerts gave no answer".to_owned(),
        );
    };
    let is_same = |(known, object): &&(String, ObjectRef)| {
        known == name && *object.name == *target.name && *object.namespace == *target.namespace
    };
    match alerts.iter().find(is_same) {
        Some(_) => (Outcome::Unmet, format!("alert {name} is firing")),
        None => (Outcome::Met, format!("alert {name} is not firing")),
    }
}

fn metric_below(query: &str, threshold: i64, seen: &Seen) -> (Outcome, String) {
    let words = |milli: i64| {
        format!(
            "the highest sample is {}.{:03}",
            milli / 1000,
            milli.abs() % 1000
        )
    };
    match seen.metrics.get(query) {
        None => (
            Outcome::Undecided,
            "the metrics source gave no answer".to_owned(),
        ),
        Some(None) => (Outcome::Undecided, "there is no data".to_owned()),
        Some(Some(milli)) if *milli < threshold => (Outcome::Met, words(*milli)),
        Some(Some(milli)) => (Outcome::Unmet, words(*milli)),
    }
}

fn nothing_new(view: &View<'_>, target: &Target, known: &[String]) -> (Outcome, String) {
    let Some(object) = target.object() else {
        return (
            Outcome::Undecided,
            format!("{} is no kind that is read", target.kind),
        );
    };
    let diagnosis = diagnose_view(view, Some(&object));
    match new_cause(&diagnosis, known) {
        Some(words) => (Outcome::Unmet, words),
        None => (Outcome::Met, "nothing new is found".to_owned()),
    }
}

/// The first cause that was not there before.
fn new_cause(diagnosis: &Diagnosis, known: &[String]) -> Option<String> {
    diagnosis.causes.iter().find_map(|cause| {
        let finding = &diagnosis.findings[cause.finding];
        let is_new = cause.role == Role::Cause
            && finding.severity != Severity::Info
            && !known.iter().any(|mode| mode == finding.kind.mode());
        is_new.then(|| {
            format!(
                "`{}` about {}: {}",
                finding.kind.mode(),
                finding.object,
                finding.detail
            )
        })
    })
}
