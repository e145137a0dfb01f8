//! Evidence: a quoted fact.

use jiff::Timestamp;
use serde::Serialize;

use crate::{ObjectRef, wire::Text};

/// Where a fact was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceSource {
    /// A field of the spec.
    Spec,
    /// A field of the status, a condition among them.
    Status,
    /// An Event.
    Event,
    /// A log line.
    Log,
    /// A metric.
    Metric,
    /// An alert that is firing.
    Alert,
}

/// A quoted fact: object, field and value. It quotes; it does not interpret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Evidence {
    /// The object that carries the fact.
    pub object: ObjectRef,
    /// Where the fact was read.
    pub source: EvidenceSource,
    /// The field, for Events the reason, for logs the container.
    pub field: String,
    /// The value as it stands there, redacted and cut.
    pub value: String,
    /// When the fact was observed, as the cluster says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_at: Option<Timestamp>,
    /// UID of the Event, for Events.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub event_uid: Text,
}
