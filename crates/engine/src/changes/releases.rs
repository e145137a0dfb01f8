//! Revisions of Helm releases: from the labels of their Secrets, and from what was in those that were
//! opened with permission.

use std::collections::BTreeMap;

use dogwatch_model::{
    Kind, ObjectRef, Snapshot,
    snapshot::{HelmRelease, Meta},
};
use jiff::Timestamp;

use super::{Act, Change, ChangeSource, FieldChange, Key, is_late};

/// How Helm names the Secrets of its releases.
const PREFIX: &str = "sh.helm.release.v1.";

/// One revision, as far as it is known.
#[derive(Debug, Default, Clone)]
struct Revision<'a> {
    object: Option<ObjectRef>,
    status: &'a str,
    at: Option<Timestamp>,
    opened: Option<&'a HelmRelease>,
}

/// Namespace and name of a release.
type ReleaseName<'a> = (&'a str, &'a str);

/// The newest revision of every release that was made in the last day.
pub(super) fn changes(snapshot: &Snapshot) -> Vec<Change> {
    let mut releases: BTreeMap<ReleaseName<'_>, BTreeMap<i64, Revision<'_>>> = BTreeMap::new();
    for secret in &snapshot.secrets {
        let meta = &secret.meta;
        if let Some((name, number)) = labelled(meta) {
            let release = releases.entry((&meta.namespace, name)).or_default();
            let known = release.entry(number).or_default();
            known.object = Some(ObjectRef::of(Kind::Secret, meta));
            known.status = meta.labels.get("status").unwrap_or_default();
            known.at = meta.created;
        }
    }
    for opened in &snapshot.releases {
        let release = releases
            .entry((&opened.namespace, &opened.name))
            .or_default();
        let known = release.entry(opened.revision).or_default();
        known.at = known.at.or(opened.last_deployed);
        known.status = &opened.status;
        known.opened = Some(opened);
    }
    let changes = releases.iter();
    changes
        .filter_map(|(name, revisions)| change(*name, revisions))
        .filter(|change| {
            change
                .at
                .is_some_and(|at| is_late(snapshot.captured_at, at))
        })
        .collect()
}

/// Name and revision of the release whose Secret this is.
fn labelled(meta: &Meta) -> Option<(&str, i64)> {
    let is_helm = meta.labels.get("owner") == Some("helm") && meta.name.starts_with(PREFIX);
    let name = meta.labels.get("name").filter(|_| is_helm)?;
    Some((name, meta.labels.get("version")?.parse().ok()?))
}

fn change(
    (namespace, name): ReleaseName<'_>,
    revisions: &BTreeMap<i64, Revision<'_>>,
) -> Option<Change> {
    let mut newest = revisions.iter().rev();
    let (number, new) = newest.next()?;
    let before = newest.next();
    let object = new.object.clone().unwrap_or_else(|| {
        let secret = format!("{PREFIX}{name}.v{number}");
        ObjectRef::named(Kind::Secret, namespace, &secret)
    });
    let act = if *number == 1 {
        Act::Created
    } else {
        Act::Updated
    };
    let mut fields = before.map_or_else(Vec::new, |(_, old)| differences(old, new));
    fields.push(FieldChange::new("status", "", new.status));
    fields.extend(new.opened.into_iter().flat_map(troubles));
    let before = before.map(|(number, _)| number.to_string());
    Some(
        Change::of(ChangeSource::Helm, act, object)
            .at(new.at)
            .versions(before.unwrap_or_default(), number.to_string())
            .with_fields(fields),
    )
}

/// What Helm says of a revision that did not come through, and the hooks that failed.
fn troubles(opened: &HelmRelease) -> Vec<FieldChange> {
    if opened.status == "deployed" {
        return Vec::new();
    }
    let said = FieldChange::new("description", "", &*opened.description);
    let hooks = opened.hooks.iter().filter(|hook| hook.phase == "Failed");
    let hooks = hooks.map(|hook| {
        let when = hook.events.joined(", ");
        let path = format!("hook {}/{} ({when})", hook.kind, hook.name);
        FieldChange::new(path, "", &*hook.phase)
    });
    let mut fields = vec![said];
    fields.extend(hooks);
    fields.retain(|field| !field.to.is_empty());
    fields
}

/// In what two revisions differ, where both were opened.
fn differences(old: &Revision<'_>, new: &Revision<'_>) -> Vec<FieldChange> {
    let (Some(old), Some(new)) = (old.opened, new.opened) else {
        return Vec::new();
    };
    let pairs = [
        ("chart", &old.chart, &new.chart),
        ("chart version", &old.chart_version, &new.chart_version),
        ("app version", &old.app_version, &new.app_version),
    ];
    pairs
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(path, old, new)| FieldChange::new(path, &**old, &**new))
        .collect()
}

/// The name of the release whose revision a Secret holds.
pub(super) fn release_name(secret: &str) -> Option<&str> {
    let (name, number) = secret.strip_prefix(PREFIX)?.rsplit_once(".v")?;
    number.parse::<i64>().ok().map(|_| name)
}

/// The Secret with the newest revision of the release that an object belongs to.
pub(super) fn owner_of(changes: &[Change], meta: &Meta) -> Option<Key> {
    let name = meta.annotations.get("meta.helm.sh/release-name")?;
    let place = meta.annotations.get("meta.helm.sh/release-namespace");
    let place = place.unwrap_or(&meta.namespace);
    let mut known = changes
        .iter()
        .filter(|change| change.source == ChangeSource::Helm);
    let found = known.find(|change| {
        *change.object.namespace == *place && release_name(&change.object.name) == Some(name)
    })?;
    Some(super::key(&found.object))
}
