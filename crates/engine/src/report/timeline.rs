//! Events of the objects under diagnosis, filtered by UID.

use std::collections::BTreeSet;

use dogwatch_model::{Snapshot, Uid, redaction::redact, snapshot::Event, wire::Text};
use jiff::Timestamp;
use serde::Serialize;

/// Entries of a timeline.
const MAX_ENTRIES: usize = 20;

/// Reasons that matter although their type is Normal.
const REASONS: &[&str] = &[
    "BackOff",
    "BackOffStart",
    "ErrImagePull",
    "Failed",
    "FailedCreate",
    "FailedMount",
    "FailedScheduling",
    "FailedStart",
    "Unhealthy",
    "Killing",
];

/// What the UID filter did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct EventFilter {
    /// UIDs of the objects under diagnosis.
    pub uid_count: usize,
    /// Events that were read.
    pub before_count: usize,
    /// Events about these UIDs.
    pub after_count: usize,
    /// Events that name no UID; never evidence.
    pub events_without_involved_uid: usize,
}

/// One Event of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimelineEntry {
    /// When it was last seen.
    pub time: Option<Timestamp>,
    /// `Normal` or `Warning`.
    #[serde(rename = "type")]
    pub kind: Text,
    /// Reason.
    pub reason: Text,
    /// `Pod/name`.
    pub object: String,
    /// Message, redacted.
    pub message: String,
    /// How often.
    pub count: i64,
    /// UID of the Event.
    pub uid: Uid,
}

/// Filtered Events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Events {
    /// Events about the objects under diagnosis.
    pub filtered_count: usize,
    /// The telling ones, newest first.
    pub timeline: Vec<TimelineEntry>,
    /// What the filter did.
    pub filter: EventFilter,
}

pub(super) fn events(snapshot: &Snapshot, uids: &BTreeSet<&Uid>) -> Events {
    let mut kept: Vec<&Event> = uids
        .iter()
        .flat_map(|uid| snapshot.events_of(uid))
        .collect();
    let filter = EventFilter {
        uid_count: uids.len(),
        before_count: snapshot.events.len(),
        after_count: kept.len(),
        events_without_involved_uid: snapshot
            .events
            .iter()
            .filter(|event| event.involved.uid.is_empty())
            .count(),
    };
    kept.retain(|event| event.kind == "Warning" || REASONS.contains(&&*event.reason));
    kept.sort_by(|one, other| {
        (other.last_seen, &other.involved.name, &other.reason).cmp(&(
            one.last_seen,
            &one.involved.name,
            &one.reason,
        ))
    });
    let timeline = kept.into_iter().take(MAX_ENTRIES).map(entry).collect();
    Events {
        filtered_count: filter.after_count,
        timeline,
        filter,
    }
}

fn entry(event: &Event) -> TimelineEntry {
    TimelineEntry {
        time: event.last_seen,
        kind: event.kind.clone(),
        reason: event.reason.clone(),
        object: format!("{}/{}", event.involved.kind, event.involved.name),
        message: redact(&event.message),
        count: event.count,
        uid: event.uid.clone(),
    }
}
