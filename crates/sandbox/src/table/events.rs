//! The table of events.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Sheet;
use super::cells::{name, since};
use super::column::Column;
use crate::fields::{count, text};

pub(super) const SHEET: Sheet = Sheet {
    columns: &[
        Column::text("Last Seen"),
        Column::text("Type"),
        Column::text("Reason"),
        Column::text("Object"),
        Column::wide("Subobject"),
        Column::wide("Source"),
        Column::text("Message"),
        Column::wide("First Seen"),
        Column::wide("Count"),
        Column::wide("Name"),
    ],
    cells,
};

fn cells(event: &Value, now: Timestamp) -> Vec<Value> {
    let first_of = |pointers: &[&str]| {
        let at = pointers
            .iter()
            .map(|p| text(event, p))
            .find(|at| !at.is_empty());
        since(at.unwrap_or_default(), now)
    };
    let first = ["/firstTimestamp", "/eventTime"];
    let last = [
        "/series/lastObservedTime",
        "/lastTimestamp",
        "/firstTimestamp",
        "/eventTime",
    ];
    let times = match event.pointer("/series/count") {
        Some(count) => count.clone(),
        None => json!(count(event, "/count").max(1)),
    };
    vec![
        json!(first_of(&last)),
        json!(text(event, "/type")),
        json!(text(event, "/reason")),
        json!(object(event)),
        json!(text(event, "/involvedObject/fieldPath")),
        json!(source(event)),
        json!(text(event, "/message").trim()),
        json!(first_of(&first)),
        times,
        name(event),
    ]
}

fn object(event: &Value) -> String {
    let kind = text(event, "/involvedObject/kind").to_lowercase();
    let name = text(event, "/involvedObject/name");
    if name.is_empty() {
        kind
    } else {
        format!("{kind}/{name}")
    }
}

fn source(event: &Value) -> String {
    let pick = |old: &str, new: &str| {
        let old = text(event, old);
        if old.is_empty() {
            text(event, new).to_owned()
        } else {
            old.to_owned()
        }
    };
    let component = pick("/source/component", "/reportingComponent");
    let host = pick("/source/host", "/reportingInstance");
    if host.is_empty() {
        component
    } else {
        format!("{component}, {host}")
    }
}
