#![doc = include_str!("service_selector_mismatch.md")]

use std::collections::BTreeMap;

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding, Severity, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{absence, backends::Backend, contacts},
    rollout::Rollout,
    view::View,
};

/// The selector of a Service matches no Pod.
#[derive(Debug)]
pub(crate) struct ServiceSelectorMismatch;

static META: Meta = Meta {
    id: CheckId::new("network/service-selector-mismatch"),
    kind: FindingKind::Network(NetworkFinding::ServiceSelectorMismatch),
    needs: sources::SERVICES,
    advice: &[
        "Correct the selector of the Service, or the labels of the workload that should stand behind it.",
    ],
    casebook: include_str!("service_selector_mismatch.md"),
};

impl Check for ServiceSelectorMismatch {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut workloads: BTreeMap<&str, Vec<&Rollout<'_>>> = BTreeMap::new();
        for rollout in &view.rollouts {
            let own = workloads.entry(&*rollout.meta().namespace).or_default();
            own.push(rollout);
        }
        for backend in view.backends.iter().filter(|known| is_empty(view, known)) {
            let namespace = &*backend.service.meta.namespace;
            let own = workloads.get(namespace).map_or(&[][..], Vec::as_slice);
            judge(view, backend, own, report);
        }
    }
}

/// A workload may be made after its Service, by the same hand.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

fn is_empty(view: &View<'_>, backend: &Backend<'_>) -> bool {
    let meta = &backend.service.meta;
    let is_young = meta
        .created
        .is_some_and(|at| view.now().duration_since(at) < PATIENCE);
    backend.is_selecting()
        && backend.pods.is_empty()
        && !backend.has_finished
        && !meta.is_terminating()
        && !is_young
        && absence::is_proven(&view.snapshot.ledger, Kind::Pod, &meta.namespace)
        && !has_endpoints(view, backend)
}

/// True when some slice of the Service leads somewhere: whoever wrote it keeps it.
fn has_endpoints(view: &View<'_>, backend: &Backend<'_>) -> bool {
    let meta = &backend.service.meta;
    let mut slices = view.snapshot.endpoint_slices.iter();
    slices.any(|slice| {
        slice.meta.namespace == meta.namespace
            && slice.meta.labels.get("kubernetes.io/service-name") == Some(&meta.name)
            && !slice.endpoints.is_empty()
    })
}

fn judge(
    view: &View<'_>,
    backend: &Backend<'_>,
    workloads: &[&Rollout<'_>],
    report: &mut Report<'_>,
) {
    let meta = &backend.service.meta;
    let object = cite::object(Kind::Service, meta);
    // Its Pods are missing, for whatever reason: the selector is right.
    if workloads
        .iter()
        .any(|known| misses(backend, known).is_empty())
    {
        return;
    }
    let kinds = [Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet];
    let ledger = &view.snapshot.ledger;
    let unread = kinds
        .iter()
        .find(|kind| !absence::is_proven(ledger, **kind, &meta.namespace));
    if let Some(kind) = unread {
        report.undecided(object, Source::Objects(*kind));
        return;
    }
    let asks = contacts::with(view, backend, |_| true).next();
    let near = nearest(backend, workloads);
    let is_served = near.is_some_and(|known| is_served(view, backend, known));
    if asks.is_none() && (near.is_none() || is_served) {
        return;
    }
    let lacking = near.map_or_else(Vec::new, |known| misses(backend, known));
    let mut subject = Subject::of(object.clone())
        .detail(written(lacking.into_iter()))
        .since(meta.created);
    if near.is_none() {
        subject = subject.severity(Severity::Warning);
    }
    let labels = near.map(|known| {
        let labels = known.workload.template().labels.iter();
        let field = "spec.template.metadata.labels";
        cite::spec(&known.object, field, written(labels))
    });
    let selector = written(backend.service.spec.selector.iter());
    let rest = [
        Some(cite::status(&object, "selected Pods", 0)),
        labels,
        asks.map(|contact| contact.fact.clone()),
    ];
    report.found(
        subject,
        cite::spec(&object, "spec.selector", selector),
        rest.into_iter().flatten(),
    );
}

fn written<'t>(labels: impl Iterator<Item = (&'t str, &'t str)>) -> String {
    let words: Vec<String> = labels
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    words.join(",")
}

/// The pairs of the selector that the template of a workload does not have.
fn misses<'s>(backend: &Backend<'s>, rollout: &Rollout<'_>) -> Vec<(&'s str, &'s str)> {
    let labels = &rollout.workload.template().labels;
    let pairs = backend.service.spec.selector.iter();
    pairs
        .filter(|(key, value)| labels.get(key) != Some(*value))
        .collect()
}

/// The workload that has most of the labels, or the name of the Service.
fn nearest<'r, 'a>(
    backend: &Backend<'a>,
    workloads: &[&'r Rollout<'a>],
) -> Option<&'r Rollout<'a>> {
    let all = backend.service.spec.selector.iter().count();
    let scored = workloads.iter().filter_map(|known| {
        let missing = misses(backend, known);
        let shared = all - missing.len();
        let has_name = known.meta().name == backend.service.meta.name;
        // One label that is wrong or too many is a slip; more are another workload.
        let is_near = (shared > 0 && missing.len() == 1) || has_name;
        let is_set_later = missing.iter().any(|(key, _)| is_set_later(known, key));
        (is_near && !is_set_later).then_some(((shared, has_name), *known))
    });
    // Of equals the first by kind and name stands for all.
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, known)| known)
}

/// True when a label is not in the template and running Pods carry it, or an operator owns the
/// workload and may set it.
fn is_set_later(rollout: &Rollout<'_>, key: &str) -> bool {
    if rollout.workload.template().labels.get(key).is_some() {
        return false;
    }
    let mut pods = rollout.new_pods.iter().chain(&rollout.old_pods);
    let has_owner = rollout.meta().controller().is_some();
    has_owner || pods.any(|pod| pod.meta.labels.get(key).is_some())
}

/// True when another Service leads to the Pods of the workload.
fn is_served(view: &View<'_>, backend: &Backend<'_>, rollout: &Rollout<'_>) -> bool {
    let labels = &rollout.workload.template().labels;
    let namespace = &backend.service.meta.namespace;
    let mut others = view
        .backends
        .iter()
        .filter(|other| other.is_selecting() && other.service.meta.namespace == *namespace);
    others.any(|other| {
        let mut pairs = other.service.spec.selector.iter();
        pairs.all(|(key, value)| labels.get(key) == Some(value))
    })
}
