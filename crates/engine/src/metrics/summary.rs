//! The numbers of a series.

use dogwatch_model::Series;
use jiff::Timestamp;
use serde::Serialize;

use super::{finite, real, robust};

/// The numbers of a series, in its unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Summary {
    /// The newest value.
    pub last: f64,
    /// When it was taken.
    pub at: Timestamp,
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// The mean.
    pub average: f64,
    /// 95 % of the values are not larger.
    pub p95: f64,
    /// Values that are numbers.
    pub samples: usize,
    /// Steps without a number: NaN, infinite, or left out by the source.
    pub gaps: usize,
}

/// The numbers of a series; `None` when no value is a number.
pub fn summary(series: &Series) -> Option<Summary> {
    let known = finite(series);
    let (at, last) = *known.last()?;
    let mut values: Vec<f64> = known.iter().map(|(_, value)| *value).collect();
    values.sort_by(f64::total_cmp);
    let total: f64 = values.iter().sum();
    Some(Summary {
        last,
        at,
        min: *values.first()?,
        max: *values.last()?,
        average: total / real(values.len()),
        p95: robust::quantile(&values, 95),
        samples: values.len(),
        gaps: series.points.len() - values.len() + left_out(series),
    })
}

/// Steps that the source left out, judged by the usual distance of two points.
fn left_out(series: &Series) -> usize {
    let distances: Vec<i64> = series
        .points
        .windows(2)
        .map(|pair| pair[1].0.as_second() - pair[0].0.as_second())
        .collect();
    let mut sorted = distances.clone();
    sorted.sort_unstable();
    let usual = sorted.get(sorted.len() / 2).copied().unwrap_or(0).max(1);
    let missing: i64 = distances
        .iter()
        .map(|distance| ((distance + usual / 2) / usual - 1).max(0))
        .sum();
    usize::try_from(missing).unwrap_or(0)
}
