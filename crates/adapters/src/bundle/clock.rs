//! When a recording was made, if it does not say so itself.

use dogwatch_model::Kind;
use jiff::Timestamp;
use serde_json::Value;

use super::catalog::Catalog;

/// Fields that hold the time of something that has happened.
const PAST: &[&str] = &[
    "creationTimestamp",
    "eventTime",
    "finishedAt",
    "firstTimestamp",
    "lastHeartbeatTime",
    "lastObservedTime",
    "lastTimestamp",
    "lastTransitionTime",
    "renewTime",
    "startedAt",
];

/// Kinds that mention recent times.
const LIVELY: [Kind; 4] = [Kind::Event, Kind::Pod, Kind::Node, Kind::Lease];

/// The clock of the cluster at the time of the recording.
pub(crate) fn now(catalog: &Catalog) -> Option<Timestamp> {
    if let Some(capture) = &catalog.capture {
        return capture.captured_at;
    }
    let stated = catalog.case.as_ref().and_then(|case| case.now);
    stated
        .or_else(|| newest_mention(catalog))
        .or(catalog.newest)
}

fn newest_mention(catalog: &Catalog) -> Option<Timestamp> {
    let records = LIVELY.iter().filter_map(|kind| catalog.kinds.get(kind));
    let objects = records.flat_map(|record| &record.objects);
    objects
        .filter_map(|object| serde_json::from_slice::<Value>(&object.json).ok())
        .filter_map(|object| newest_within(&object))
        .max()
}

fn newest_within(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Object(map) => {
            let fields = map.iter().filter_map(|(key, value)| match value {
                Value::String(text) if PAST.contains(&key.as_str()) => text.parse().ok(),
                Value::Object(_) | Value::Array(_) => newest_within(value),
                _ => None,
            });
            fields.max()
        }
        Value::Array(list) => list.iter().filter_map(newest_within).max(),
        _ => None,
    }
}
