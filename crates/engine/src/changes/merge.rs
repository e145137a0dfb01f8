//! One change that several sources tell of is told once.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{Change, ChangeSource, Key, key};

/// The controller makes the new version of a workload so soon after the workload was written.
const SOON: SignedDuration = SignedDuration::from_secs(15);

/// Drops writes and comparisons that tell of a new version which the objects themselves show. The user
/// of an audit log is more exact than the name of a program.
pub(super) fn merge(changes: Vec<Change>) -> Vec<Change> {
    let (mut templates, others): (Vec<Change>, Vec<Change>) = changes
        .into_iter()
        .partition(|change| change.source == ChangeSource::Template);
    let places = templates.iter().enumerate();
    let places: BTreeMap<Key, usize> = places.map(|(at, known)| (key(&known.object), at)).collect();
    let mut merged = Vec::new();
    for other in without_audited(others) {
        let known = places.get(&key(&other.object));
        let same = known.filter(|at| is_same(templates[**at].at, &other));
        match same {
            Some(at) if other.source == ChangeSource::AuditLog => {
                templates[*at].actor = other.actor;
            }
            Some(_) => {}
            None => merged.push(other),
        }
    }
    templates.extend(merged);
    templates
}

/// Drops what two recordings frame and an audit log dates.
fn without_audited(mut changes: Vec<Change>) -> Vec<Change> {
    let mut dated: BTreeMap<Key, Vec<Timestamp>> = BTreeMap::new();
    for change in &changes {
        if let (ChangeSource::AuditLog, Some(at)) = (change.source, change.at) {
            dated.entry(key(&change.object)).or_default().push(at);
        }
    }
    changes.retain(|change| {
        let times = dated.get(&key(&change.object)).into_iter().flatten();
        let is_same = |at: &Timestamp| match (change.at, change.between) {
            (Some(made), _) => made.duration_since(*at).abs() <= SOON,
            (None, Some(between)) => between.after < *at && *at <= between.before,
            (None, None) => false,
        };
        let is_written = matches!(
            change.source,
            ChangeSource::Captures | ChangeSource::ManagedFields
        );
        !is_written || !times.into_iter().any(is_same)
    });
    changes
}

/// True when the other change is the write that led to the version that was made at this time.
fn is_same(made: Option<Timestamp>, other: &Change) -> bool {
    let Some(made) = made else {
        return false;
    };
    let is_template = |path: &str| path.contains("template") || path.starts_with("containers[");
    let mut fields = other.fields.iter();
    let is_about_template = !other.fields.is_empty() && fields.all(|it| is_template(&it.path));
    match (other.source, other.at, other.between) {
        (ChangeSource::AuditLog | ChangeSource::Captures, Some(at), _) => {
            let after = made.duration_since(at);
            is_about_template && after > -SignedDuration::from_secs(1) && after <= SOON
        }
        (ChangeSource::Captures, None, Some(between)) => {
            is_about_template && between.after < made && made <= between.before
        }
        _ => false,
    }
}
