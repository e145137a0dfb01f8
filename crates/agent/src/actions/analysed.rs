//! Series as rows of an answer: what they say, never the whole series.

use dogwatch_engine::metrics::{analyse, thresholds};
use dogwatch_model::{Resource, Series};
use serde_json::{Map, Value, json};

/// One series: its labels, numbers, changes of level, values that stand out, and where it goes.
pub(super) fn row(series: &Series) -> Value {
    let said = analyse(series);
    json!({
        "labels": labels(series),
        "state": if said.summary.is_some() { "ok" } else { "no data" },
        "summary": said.summary,
        "change_points": said.change_points,
        "anomalies": said.anomalies,
        "trend": said.trend,
    })
}

/// The same for a share of a resource in percent, with how it stands to the thresholds.
pub(super) fn share(series: &Series, resource: Resource) -> Value {
    let limits = thresholds(resource);
    let said = analyse(series);
    let mut row = row(series);
    row["status"] = match said.summary {
        Some(summary) => json!(limits.word(summary.average)),
        None => json!("no data"),
    };
    row["hours_to_critical"] = json!(
        said.trend
            .and_then(|trend| trend.hours_to_threshold(limits.critical))
    );
    row
}

fn labels(series: &Series) -> Map<String, Value> {
    let labels = series.labels.iter();
    labels
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect()
}
