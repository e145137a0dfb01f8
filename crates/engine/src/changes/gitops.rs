//! What Argo CD and Flux applied, by the history that they keep in their objects.

use dogwatch_model::{
    Snapshot,
    redaction::redact,
    snapshot::{CustomObject, Meta},
};
use jiff::Timestamp;

use super::{Act, Change, ChangeSource, FieldChange, is_late, maker::maker_of};
use crate::cite;

/// Entries of an Argo CD history that are looked at; it keeps ten.
const MAX_ENTRIES: usize = 20;

/// The newest change of every Application, Kustomization and HelmRelease in the last day.
pub(super) fn changes(snapshot: &Snapshot) -> Vec<Change> {
    let customs = snapshot.customs.iter();
    let mut changes: Vec<Change> = customs
        .filter_map(|object| {
            let info = object.kind.info();
            match (info.group, info.name) {
                ("argoproj.io", "Application") => application(object),
                ("kustomize.toolkit.fluxcd.io", "Kustomization") => kustomization(object),
                ("helm.toolkit.fluxcd.io", "HelmRelease") => release(object),
                _ => None,
            }
        })
        .collect();
    changes.retain(|change| {
        let now = snapshot.captured_at;
        change.at.is_none_or(|at| is_late(now, at))
    });
    changes
}

fn of(object: &CustomObject) -> Change {
    let about = cite::object(object.kind, &object.meta);
    Change::of(ChangeSource::Gitops, Act::Updated, about)
}

fn time(object: &CustomObject, path: &str) -> Option<Timestamp> {
    object.field(path)?.parse().ok()
}

/// The history of an Application has its newest entry last.
fn application(object: &CustomObject) -> Option<Change> {
    let entry = |at: usize, field: &str| format!("status.history.{at}.{field}");
    let mut entries: Vec<(Timestamp, usize)> = (0..MAX_ENTRIES)
        .filter_map(|at| Some((time(object, &entry(at, "deployedAt"))?, at)))
        .collect();
    entries.sort_unstable();
    let (at, newest) = *entries.last()?;
    let before = entries.len().checked_sub(2).map(|at| entries[at].1);
    let revision = |at: usize| object.field(&entry(at, "revision")).unwrap_or_default();
    let mut change = of(object)
        .at(Some(at))
        .versions(before.map_or("", revision), revision(newest));
    let by = object.field(&entry(newest, "initiatedBy.username"));
    change.actor = by.map(str::to_owned);
    Some(change)
}

/// A Kustomization keeps a history since Flux 2.7; before, only a failed attempt is dated.
fn kustomization(object: &CustomObject) -> Option<Change> {
    let revision = |at: usize| object.field(&format!("status.history.{at}.metadata.revision"));
    if let Some(new) = revision(0) {
        let at = time(object, "status.history.0.firstReconciled");
        let before = revision(1).unwrap_or_default();
        return (new != before).then(|| of(object).at(at).versions(before, new));
    }
    attempted(object)
}

/// A revision that was attempted and did not come through.
fn attempted(object: &CustomObject) -> Option<Change> {
    let tried = object.field("status.lastAttemptedRevision")?;
    let applied = object
        .field("status.lastAppliedRevision")
        .unwrap_or_default();
    let ready = object.condition("Ready").filter(|it| !it.is_true())?;
    let said = redact(&ready.reason);
    let field = FieldChange::new("status.conditions[Ready].reason", "", said);
    (tried != applied).then(|| {
        of(object)
            .at(ready.since)
            .versions(applied, tried)
            .with_fields(vec![field])
    })
}

/// The history of a HelmRelease has its newest entry first.
fn release(object: &CustomObject) -> Option<Change> {
    let field = |at: usize, name: &str| {
        let path = format!("status.history.{at}.{name}");
        object.field(&path).unwrap_or_default().to_owned()
    };
    if field(0, "version").is_empty() {
        return attempted(object);
    }
    let at = time(object, "status.history.0.lastDeployed");
    let differ = [
        "chartName",
        "chartVersion",
        "appVersion",
        "configDigest",
        "status",
    ];
    let fields = differ
        .iter()
        .filter(|name| field(0, name) != field(1, name) && !field(1, name).is_empty())
        .map(|name| FieldChange::new(*name, field(1, name), field(0, name)))
        .collect();
    Some(
        of(object)
            .at(at)
            .versions(field(1, "version"), field(0, "version"))
            .with_fields(fields),
    )
}

/// The object of Argo CD or Flux that reconciles another one, where it was read. Of two that may be
/// meant none is: the wrong one would be blamed.
pub(super) fn owner_of(snapshot: &Snapshot, meta: &Meta) -> Option<super::Key> {
    let maker = maker_of(snapshot, meta)?;
    let mut meant = snapshot.customs.iter().filter(|object| {
        let place = maker.namespace.as_deref();
        object.kind == maker.kind
            && *object.meta.name == *maker.name
            && place.is_none_or(|place| *object.meta.namespace == *place)
    });
    let found = meant.next()?;
    let key = super::key(&cite::object(found.kind, &found.meta));
    meant.next().is_none().then_some(key)
}
