//! Single values that stand out from the level around them.

use dogwatch_model::Series;
use jiff::Timestamp;
use serde::Serialize;

use super::{ChangePoint, change_points, finite, robust};

/// Distance from the level, in standard deviations of the noise, from which a value stands out.
/// Normal noise goes that far once in two million samples.
const STANDS_OUT: f64 = 5.0;

/// Values named of one series; the strongest ones.
const MAX_NAMED: usize = 10;

/// A value that stands out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Anomaly {
    /// When.
    pub at: Timestamp,
    /// The value.
    pub value: f64,
    /// How far from the level around it, in standard deviations of the noise; negative below it.
    pub score: f64,
}

/// Values that stand out, in order of time. The level is the median between two changes of level; no
/// season is assumed.
pub fn anomalies(series: &Series) -> Vec<Anomaly> {
    between(series, &change_points(series))
}

pub(super) fn between(series: &Series, changes: &[ChangePoint]) -> Vec<Anomaly> {
    let known = finite(series);
    let values: Vec<f64> = known.iter().map(|(_, value)| *value).collect();
    let noise = robust::noise(&values);
    let mut rest = &known[..];
    let mut found = Vec::new();
    let ends = changes.iter().map(|change| Some(change.at)).chain([None]);
    for end in ends {
        let until = end.map_or(rest.len(), |end| rest.partition_point(|(at, _)| *at < end));
        let (level, later) = rest.split_at(until);
        found.extend(in_level(level, noise));
        rest = later;
    }
    // The sample on the way to a new level is told of with the change.
    found.retain(|anomaly| changes.iter().all(|change| change.at != anomaly.at));
    found.sort_by(|one, other| other.score.abs().total_cmp(&one.score.abs()));
    found.truncate(MAX_NAMED);
    found.sort_by_key(|anomaly| anomaly.at);
    found
}

fn in_level(points: &[(Timestamp, f64)], noise: f64) -> Vec<Anomaly> {
    let values: Vec<f64> = points.iter().map(|(_, value)| *value).collect();
    let centre = robust::median(values.clone());
    // A slope or a slow wave spreads the values without making any of them stand out.
    let sigma = robust::spread(&values, centre).max(noise);
    if sigma <= 0.0 {
        return Vec::new();
    }
    let scored = points.iter().map(|(at, value)| Anomaly {
        at: *at,
        value: *value,
        score: (value - centre) / sigma,
    });
    scored
        .filter(|anomaly| anomaly.score.abs() >= STANDS_OUT)
        .collect()
}
