//! Events of both API groups in one shape.

use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    Uid,
    wire::{Text, null_as_default, time},
};

/// An Event: what some component tried or saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "EventWire")]
pub struct Event {
    /// UID of the Event itself.
    pub uid: Uid,
    /// Namespace of the Event.
    pub namespace: Text,
    /// What it speaks of.
    pub involved: InvolvedObject,
    /// `Normal` or `Warning`.
    pub kind: Text,
    /// Short reason; the same word may come from several components.
    pub reason: Text,
    /// The words that go with the reason.
    pub message: Text,
    /// The component that wrote it.
    pub component: Text,
    /// The first time it was seen.
    pub first_seen: Option<Timestamp>,
    /// The last time it was seen.
    pub last_seen: Option<Timestamp>,
    /// How often it was seen.
    pub count: i64,
}

/// What an Event speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InvolvedObject {
    /// Kind.
    pub kind: Text,
    /// Namespace.
    pub namespace: Text,
    /// Name.
    pub name: Text,
    /// Which incarnation. Kubelets write the node's name here for Node events.
    pub uid: Uid,
    /// For example `spec.containers{api}`.
    pub field_path: Text,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct EventWire {
    metadata: EventMeta,
    #[serde(alias = "regarding")]
    involved_object: InvolvedObject,
    #[serde(rename = "type")]
    kind: Text,
    reason: Text,
    #[serde(alias = "note")]
    message: Text,
    #[serde(alias = "deprecatedSource")]
    source: EventSource,
    #[serde(alias = "reportingController")]
    reporting_component: Text,
    #[serde(alias = "deprecatedFirstTimestamp", deserialize_with = "time")]
    first_timestamp: Option<Timestamp>,
    #[serde(alias = "deprecatedLastTimestamp", deserialize_with = "time")]
    last_timestamp: Option<Timestamp>,
    #[serde(deserialize_with = "time")]
    event_time: Option<Timestamp>,
    #[serde(alias = "deprecatedCount", deserialize_with = "null_as_default")]
    count: i64,
    #[serde(deserialize_with = "null_as_default")]
    series: EventSeries,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct EventMeta {
    uid: Uid,
    namespace: Text,
    #[serde(deserialize_with = "time")]
    creation_timestamp: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EventSource {
    component: Text,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct EventSeries {
    #[serde(deserialize_with = "null_as_default")]
    count: i64,
    #[serde(deserialize_with = "time")]
    last_observed_time: Option<Timestamp>,
}

impl From<EventWire> for Event {
    fn from(wire: EventWire) -> Self {
        let times = [
            wire.series.last_observed_time,
            wire.last_timestamp,
            wire.event_time,
            wire.first_timestamp,
            wire.metadata.creation_timestamp,
        ];
        let first = [
            wire.first_timestamp,
            wire.event_time,
            wire.metadata.creation_timestamp,
        ];
        let component = if wire.reporting_component.is_empty() {
            wire.source.component
        } else {
            wire.reporting_component
        };
        Self {
            uid: wire.metadata.uid,
            namespace: wire.metadata.namespace,
            involved: wire.involved_object,
            kind: wire.kind,
            reason: wire.reason,
            message: wire.message,
            component,
            first_seen: first.into_iter().flatten().min(),
            last_seen: times.into_iter().flatten().max(),
            count: wire.count.max(wire.series.count).max(1),
        }
    }
}

impl Event {
    /// The container that the Event speaks of, from its field path.
    pub fn container(&self) -> Option<&str> {
        let (_, rest) = self.involved.field_path.split_once('{')?;
        rest.strip_suffix('}')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_api_groups_give_the_same_event() {
        let core = r#"{"metadata":{"uid":"e1","namespace":"n"},"involvedObject":{"kind":"Pod",
            "name":"p","uid":"u","fieldPath":"spec.containers{api}"},"reason":"Unhealthy",
            "message":"m","type":"Warning","source":{"component":"kubelet"},"count":3,
            "firstTimestamp":"2026-01-01T00:00:00Z","lastTimestamp":"2026-01-01T00:05:00Z",
            "eventTime":null,"reportingComponent":""}"#;
        let newer = r#"{"metadata":{"uid":"e1","namespace":"n"},"regarding":{"kind":"Pod",
            "name":"p","uid":"u","fieldPath":"spec.containers{api}"},"reason":"Unhealthy",
            "note":"m","type":"Warning","reportingController":"kubelet",
            "eventTime":"2026-01-01T00:00:00.000000Z",
            "series":{"count":3,"lastObservedTime":"2026-01-01T00:05:00.000000Z"}}"#;
        let one: Event = serde_json::from_str(core).unwrap();
        let other: Event = serde_json::from_str(newer).unwrap();
        assert_eq!(one, other);
        assert_eq!(one.container(), Some("api"));
    }
}
