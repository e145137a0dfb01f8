//! Whether what a plan promised is true now: the predicates of the diagnosis, once more.
//!
//! Three answers: it is so, it is not so, and it cannot be told. What was not read in full never
//! proves that something is gone, complete or as before.

mod gone;
mod rollouts;

use std::collections::BTreeMap;

use dogwatch_model::{
    Diagnosis, Kind, ObjectRef, Role, Severity, Source,
    plan::{Expectation, Fact, Outcome, Target, Verdict, Verification},
    ports::ResourceRef,
    snapshot::Condition,
    wire::Quantity,
};

use crate::{
    diagnosis::{diagnose_view, explain_check},
    remedies::meta_of,
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
    /// States of things at the provider; absent when it gave no answer.
    pub provider: BTreeMap<ResourceRef, String>,
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
        Expectation::RolledOut { workload, replicas } => {
            rollouts::rolled_out(view, workload, *replicas)
        }
        Expectation::NotFound { mode, object } => not_found(view, mode, object),
        Expectation::FieldIs { object, fact } => field_is(object, fact, seen),
        Expectation::Gone { object } => gone::gone(view, object),
        Expectation::NodesReady { at_least, .. } => nodes_ready(view, *at_least),
        Expectation::Rebooted { node, boot_id } => rebooted(view, node, boot_id),
        Expectation::AtProvider { resource, state } => at_provider(resource, state, seen),
        Expectation::AlertGone { name, object } => alert_gone(name, object, seen),
        Expectation::MetricBelow {
            query,
            threshold_milli,
        } => metric_below(query, *threshold_milli, seen),
        Expectation::NothingNew { object, known } => nothing_new(view, object, known),
    }
}

/// The first of some sources that was not read in full, in words.
fn unread(view: &View<'_>, sources: &[Source]) -> Option<(Outcome, String)> {
    let ledger = &view.snapshot.ledger;
    // Of a kind that the server does not serve there is nothing to read.
    let is_unserved =
        |source: Source| !ledger.has(source) && ledger.complete_for(&[source]).is_ok();
    // Logs are never read in full, only those that some trouble asks for, and what tells of the past
    // only where it is offered: without a hole these were.
    let has_hole = |source: Source| {
        let mut entries = ledger.entries().iter();
        entries.any(|entry| entry.source == source && entry.outcome.is_hole())
    };
    let is_read = |source: Source| match source {
        Source::Logs | Source::HelmReleases | Source::AuditLog | Source::EarlierManagement => {
            !has_hole(source)
        }
        Source::Objects(_) | Source::Metrics => ledger.is_complete(source) || is_unserved(source),
    };
    let mut open = sources.iter().filter(|source| !is_read(**source));
    let words = |source: &Source| format!("{source} could not be read in full");
    open.next()
        .map(|source| (Outcome::Undecided, words(source)))
}

fn no_kind(target: &Target) -> (Outcome, String) {
    let words = format!("{} is no kind that is read", target.kind);
    (Outcome::Undecided, words)
}

/// The object of a target, of exactly its incarnation; else what is to be said.
fn present(view: &View<'_>, target: &Target) -> Result<ObjectRef, (Outcome, String)> {
    let object = target.object().ok_or_else(|| no_kind(target))?;
    let meta = meta_of(view, target);
    let is_same = |uid: &str| target.uid.is_empty() || uid == target.uid;
    match meta {
        Some(meta) if is_same(meta.uid.as_str()) => Ok(object),
        Some(_) => {
            let words = format!("another {target} has its name now");
            Err((Outcome::Unmet, words))
        }
        None => Err(unread(view, &[Source::Objects(object.kind)])
            .unwrap_or_else(|| (Outcome::Unmet, format!("{target} is not there")))),
    }
}

fn not_found(view: &View<'_>, mode: &str, target: &Target) -> (Outcome, String) {
    let object = match present(view, target) {
        Ok(object) => object,
        Err(verdict) => return verdict,
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
    let Some(check) = explain_check(mode) else {
        let words = format!("nothing looks for `{mode}`");
        return (Outcome::Undecided, words);
    };
    let mut open = diagnosis.undecided.iter();
    if let Some(open) = open.find(|open| open.check == check.meta().id) {
        let words = format!("{} would have to be read", open.needs);
        return (Outcome::Undecided, words);
    }
    unread(view, check.meta().needs)
        .unwrap_or_else(|| (Outcome::Met, format!("`{mode}` is not found")))
}

/// Where a provider says what it gave. It rounds up, so more than asked for is as good.
const CAPACITY: &str = "/status/capacity/";

/// Where the API server writes amounts in its own form.
const AMOUNTS: [&str; 2] = ["/spec/hard/", "/spec/limits/"];

fn field_is(object: &Target, fact: &Fact, seen: &Seen) -> (Outcome, String) {
    let Some(value) = seen.fields.get(&(object.key(), fact.field.clone())) else {
        let words = format!("{object} could not be read");
        return (Outcome::Undecided, words);
    };
    let amount = |text: &str| text.trim_matches('"').parse::<Quantity>().ok();
    let is_met = if fact.field.starts_with(CAPACITY) {
        amount(value).is_some_and(|given| amount(&fact.value).is_some_and(|asked| given >= asked))
    } else if AMOUNTS.iter().any(|place| fact.field.starts_with(place)) {
        amount(value).is_some_and(|given| amount(&fact.value) == Some(given))
    } else {
        *value == fact.value
    };
    let outcome = if is_met { Outcome::Met } else { Outcome::Unmet };
    (outcome, format!("it is {value}"))
}

fn nodes_ready(view: &View<'_>, at_least: u32) -> (Outcome, String) {
    let nodes = view.snapshot.nodes.iter();
    let ready = nodes
        .filter(|node| node.condition("Ready").is_some_and(Condition::is_true))
        .count();
    let words = format!("{ready} Nodes are Ready");
    // Nodes that were not read can only add to it.
    if u32::try_from(ready).unwrap_or(u32::MAX) >= at_least {
        return (Outcome::Met, words);
    }
    unread(view, &[Source::Objects(Kind::Node)]).unwrap_or((Outcome::Unmet, words))
}

fn rebooted(view: &View<'_>, target: &Target, before: &str) -> (Outcome, String) {
    let object = match present(view, target) {
        Ok(object) => object,
        Err(verdict) => return verdict,
    };
    let node = view.snapshot.node(&object.name);
    let boot_id = node.map(|node| &*node.status.node_info.boot_id);
    match boot_id.filter(|id| !id.is_empty()) {
        None => (Outcome::Undecided, format!("{target} tells no boot id")),
        Some(id) if id == before => {
            let words = format!("{target} tells the same boot id as before");
            (Outcome::Unmet, words)
        }
        Some(_) => (Outcome::Met, format!("{target} tells another boot id")),
    }
}

fn at_provider(resource: &ResourceRef, state: &str, seen: &Seen) -> (Outcome, String) {
    match seen.provider.get(resource) {
        None => (Outcome::Undecided, "the provider gave no answer".to_owned()),
        Some(now) => {
            let is_so = now == state;
            let outcome = if is_so { Outcome::Met } else { Outcome::Unmet };
            (outcome, format!("{resource} is {now}"))
        }
    }
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
        let sign = if milli < 0 { "-" } else { "" };
        let size = milli.unsigned_abs();
        format!(
            "the highest sample is {sign}{}.{:03}",
            size / 1000,
            size % 1000
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

/// What new trouble shows in first.
const TELLING: [Source; 2] = [Source::Objects(Kind::Pod), Source::Objects(Kind::Event)];

fn nothing_new(view: &View<'_>, target: &Target, known: &[String]) -> (Outcome, String) {
    let Some(object) = target.object() else {
        return no_kind(target);
    };
    let diagnosis = diagnose_view(view, Some(&object));
    if let Some(words) = new_cause(&diagnosis, known) {
        return (Outcome::Unmet, words);
    }
    unread(view, &TELLING)
        .or_else(|| unread(view, &[Source::Objects(object.kind)]))
        .unwrap_or_else(|| (Outcome::Met, "nothing new is found".to_owned()))
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
