//! Writes that an audit log tells of. What was rejected changed nothing, and what controllers write by
//! themselves follows from something else.

use dogwatch_model::{Snapshot, snapshot::AuditRecord};

use super::{Act, Change, ChangeSource, FieldChange};

/// Every write that somebody made.
pub(super) fn changes(snapshot: &Snapshot) -> Vec<Change> {
    let records = snapshot.audit.iter();
    records
        .filter(|record| record.is_done() && !record.is_noise())
        .filter_map(change)
        .collect()
}

fn change(record: &AuditRecord) -> Option<Change> {
    let act = match &*record.verb {
        "create" if record.subresource.is_empty() => Act::Created,
        "delete" | "deletecollection" if record.subresource.is_empty() => Act::Deleted,
        _ => Act::Updated,
    };
    let (known, unknown): (Vec<_>, Vec<_>) = record
        .fields
        .iter()
        .partition(|field| field.from.as_ref() != Some(&field.to));
    let fields = known.into_iter().map(|field| {
        let from = field.from.as_deref().unwrap_or(super::UNKNOWN);
        FieldChange::new(&*field.path, from, &*field.to)
    });
    let mut change = Change::of(ChangeSource::AuditLog, act, record.object()?)
        .at(Some(record.at))
        .with_fields(fields.collect());
    change.touched = unknown.iter().map(|field| field.path.to_string()).collect();
    change.has_unread_fields = record.has_more && change.fields.is_empty();
    change.actor = Some(record.user.to_string());
    Some(change)
}
