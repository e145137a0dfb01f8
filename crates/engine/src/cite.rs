//! Builds evidence: quotes facts, redacted and cut.

use dogwatch_model::{
    Alert, Evidence, EvidenceSource, Kind, ObjectRef,
    redaction::redact,
    snapshot::{Condition, Event, LogExcerpt, Meta, Pod, Terminated},
    wire::Text,
};
use jiff::Timestamp;

/// Longest quoted value in characters; longer ones are cut in the middle.
const MAX_VALUE: usize = 600;

fn quote(value: &str) -> String {
    let clean = redact(value);
    let clean = clean.trim();
    let count = clean.chars().count();
    if count <= MAX_VALUE {
        return clean.to_owned();
    }
    let head: String = clean.chars().take(MAX_VALUE * 2 / 3).collect();
    let tail: String = clean.chars().skip(count - MAX_VALUE / 3).collect();
    format!("{head} … {tail}")
}

fn fact(object: ObjectRef, source: EvidenceSource, field: &str, value: &str) -> Evidence {
    Evidence {
        object,
        source,
        field: field.to_owned(),
        value: quote(value),
        observed_at: None,
        event_uid: Text::default(),
    }
}

/// A field of the spec.
pub(crate) fn spec(object: &ObjectRef, field: &str, value: impl core::fmt::Display) -> Evidence {
    fact(
        object.clone(),
        EvidenceSource::Spec,
        field,
        &value.to_string(),
    )
}

/// A field of the status.
pub(crate) fn status(object: &ObjectRef, field: &str, value: impl core::fmt::Display) -> Evidence {
    fact(
        object.clone(),
        EvidenceSource::Status,
        field,
        &value.to_string(),
    )
}

/// A field of the status with the time at which it came to be.
pub(crate) fn status_at(
    object: &ObjectRef,
    field: &str,
    value: impl core::fmt::Display,
    at: Option<Timestamp>,
) -> Evidence {
    Evidence {
        observed_at: at,
        ..status(object, field, value)
    }
}

/// A condition: `Type=Status/Reason: message`.
pub(crate) fn condition(object: &ObjectRef, condition: &Condition) -> Evidence {
    let mut value = format!("{}={}", condition.kind, condition.status);
    if !condition.reason.is_empty() {
        value.push('/');
        value.push_str(&condition.reason);
    }
    if !condition.message.is_empty() {
        value.push_str(": ");
        value.push_str(&condition.message);
    }
    status_at(object, "status.conditions", value, condition.since)
}

/// How a container ended.
pub(crate) fn terminated(
    object: &ObjectRef,
    container: &str,
    field: &str,
    end: &Terminated,
) -> Evidence {
    let mut value = format!("exitCode {}", end.exit_code);
    if !end.reason.is_empty() {
        value = format!("{}, {value}", end.reason);
    }
    if !end.message.is_empty() {
        value.push_str(": ");
        value.push_str(&end.message);
    }
    status_at(
        object,
        &format!("{container}.{field}"),
        value,
        end.finished_at,
    )
}

/// An Event.
pub(crate) fn event(event: &Event) -> Evidence {
    let kind = Kind::of_object(&event.involved.kind).unwrap_or(Kind::Event);
    let object = ObjectRef {
        kind,
        namespace: event.involved.namespace.clone(),
        name: event.involved.name.clone(),
        uid: event.involved.uid.clone(),
    };
    let times = if event.count > 1 {
        format!(" (x{})", event.count)
    } else {
        String::new()
    };
    Evidence {
        observed_at: event.last_seen,
        event_uid: Text::from(event.uid.as_str()),
        ..fact(
            object,
            EvidenceSource::Event,
            &event.reason,
            &format!("{}{times}", event.message),
        )
    }
}

/// An alert that is firing.
pub(crate) fn alert(object: &ObjectRef, alert: &Alert) -> Evidence {
    let words = if alert.description.is_empty() {
        "firing"
    } else {
        &alert.description
    };
    fact(object.clone(), EvidenceSource::Alert, &alert.name, words)
}

/// A line of a log.
pub(crate) fn log(object: &ObjectRef, log: &LogExcerpt, line: &str) -> Evidence {
    let which = if log.key.previous { " (previous)" } else { "" };
    let field = format!("log of container {}{which}", log.key.container);
    fact(object.clone(), EvidenceSource::Log, &field, line)
}

/// The reference to a Pod.
pub(crate) fn pod(pod: &Pod) -> ObjectRef {
    ObjectRef::of(Kind::Pod, &pod.meta)
}

/// The reference to an object.
pub(crate) fn object(kind: Kind, meta: &Meta) -> ObjectRef {
    ObjectRef::of(kind, meta)
}
