//! Two recordings of one cluster: what appeared, vanished and changed between them.

mod fields;

use std::collections::BTreeMap;

use dogwatch_model::{
    Kind, ObjectRef, ReadOutcome, Snapshot, Source, redaction::REDACTED, snapshot::Meta, wire::Text,
};
use jiff::Timestamp;

use super::{Act, Between, Change, ChangeSource, FieldChange, rollouts, template};

/// An object of one recording.
struct Seen<'a> {
    meta: &'a Meta,
    /// Its fields, as far as they are compared.
    fields: BTreeMap<String, String>,
    /// Counts the changes of the spec; 0 when the kind has no such number.
    generation: i64,
}

type Objects<'a> = BTreeMap<(Text, Text), Seen<'a>>;

/// Everything that differs between the recording before and this one.
pub(super) fn changes(now: &Snapshot) -> Vec<Change> {
    let Some(before) = now.before.as_deref() else {
        return Vec::new();
    };
    let mut changes = Vec::new();
    for kind in fields::COMPARED {
        let (old, new) = (fields::objects(before, *kind), fields::objects(now, *kind));
        for (name, seen) in &new {
            let of = |act| made(now, before, *kind, (seen, act));
            match old.get(name) {
                Some(known) if known.meta.uid == seen.meta.uid => {
                    changes.extend(updated(now, before, *kind, (known, seen)));
                }
                Some(known) => {
                    let (old, new) = (known.meta.uid.as_str(), seen.meta.uid.as_str());
                    let mut change = of(Act::Created);
                    change.fields = vec![FieldChange::new("metadata.uid", old, new)];
                    changes.push(change);
                }
                None => {
                    let is_read = is_covered(before, *kind, &seen.meta.namespace);
                    // What is older than the first recording was there, whatever that holds.
                    let made = seen.meta.created;
                    let is_new = made.is_none_or(|made| made >= before.captured_at);
                    changes.extend((is_read && is_new).then(|| of(Act::Created)));
                }
            }
        }
        let lost = old.iter().filter(|(name, _)| !new.contains_key(*name));
        let lost = lost.filter(|(_, seen)| is_covered(now, *kind, &seen.meta.namespace));
        changes.extend(lost.map(|(_, seen)| made(now, before, *kind, (seen, Act::Deleted))));
    }
    changes
}

/// True when every object of the kind in this Namespace was read: one that is not there did not exist.
fn is_covered(snapshot: &Snapshot, kind: Kind, namespace: &str) -> bool {
    let entries = snapshot.ledger.entries().iter();
    let mut about = entries.filter(|entry| {
        let within = entry.namespace.as_deref().is_none_or(|it| it == namespace);
        entry.source == Source::Objects(kind) && within && !entry.selected
    });
    about.any(|entry| matches!(entry.outcome, ReadOutcome::Ok { .. }))
}

/// An object that came or went.
fn made(now: &Snapshot, before: &Snapshot, kind: Kind, (seen, act): (&Seen<'_>, Act)) -> Change {
    let object = ObjectRef::of(kind, seen.meta);
    let at = match act {
        Act::Created => seen.meta.created,
        Act::Updated | Act::Deleted => None,
    };
    let mut change = dated(
        Change::of(ChangeSource::Captures, act, object),
        (now, before),
        at,
    );
    change.managed_by = rollouts::reconciler(seen.meta);
    change
}

/// An object that is another one than it was.
fn updated(
    now: &Snapshot,
    before: &Snapshot,
    kind: Kind,
    (old, new): (&Seen<'_>, &Seen<'_>),
) -> Option<Change> {
    let is_counted = old.generation > 0 && new.generation > 0;
    if is_counted && old.generation == new.generation {
        return None;
    }
    let differ = differences(&old.fields, &new.fields);
    // A field that is not compared must have changed: the spec counts as another one.
    let has_unread_fields = differ.is_empty() && is_counted;
    if differ.is_empty() && !has_unread_fields {
        return None;
    }
    let object = ObjectRef::of(kind, new.meta);
    let write = now.edited(&object).and_then(|writes| {
        let mut edits = writes.edits.iter();
        edits.find(|edit| edit.at > before.captured_at && edit.at <= now.captured_at)
    });
    let change = Change::of(ChangeSource::Captures, Act::Updated, object).with_fields(differ);
    let mut change = dated(change, (now, before), write.map(|edit| edit.at));
    change.has_unread_fields = has_unread_fields;
    change.actor = write.map(|edit| edit.writer.to_string());
    change.managed_by = rollouts::reconciler(new.meta);
    Some(change)
}

fn differences(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<FieldChange> {
    let mut paths: Vec<&String> = old.keys().chain(new.keys()).collect();
    paths.sort();
    paths.dedup();
    let differ = paths.into_iter().filter_map(|path| {
        let value = |of: &BTreeMap<String, String>| of.get(path).cloned().unwrap_or_default();
        let (from, to) = (unmarked(&value(old)), unmarked(&value(new)));
        (from != to).then(|| FieldChange::new(path, template::clean(&from), template::clean(&to)))
    });
    differ.collect()
}

/// A value without the marks of one capture: those of two captures cannot be compared.
fn unmarked(value: &str) -> String {
    let mut parts = value.split(REDACTED);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(REDACTED);
        let mark = part.strip_prefix('~').map(|rest| {
            let is_mark = |byte: &u8| byte.is_ascii_hexdigit();
            let length = rest.bytes().take_while(is_mark).count();
            &rest[length..]
        });
        out.push_str(mark.unwrap_or(part));
    }
    out
}

/// The moment, where it is known and lies between the recordings; else only that it does.
fn dated(
    mut change: Change,
    (now, before): (&Snapshot, &Snapshot),
    at: Option<Timestamp>,
) -> Change {
    let within = |at: &Timestamp| *at > before.captured_at && *at <= now.captured_at;
    change.at = at.filter(within);
    if change.at.is_none() {
        change.between = Some(Between {
            after: before.captured_at,
            before: now.captured_at,
        });
    }
    change
}
