//! Where a series goes, and when it arrives at a threshold.

use dogwatch_model::Series;
use jiff::Timestamp;
use serde::Serialize;

use super::{ChangePoint, change_points, finite, hours, robust};

/// Samples below which nothing is said: any three points lie on some line.
const MIN_SAMPLES: usize = 10;

/// Samples that are compared with each other; a longer series is thinned evenly.
const MAX_COMPARED: usize = 300;

/// The series has to rise or fall by so many standard deviations of the noise in all.
const MIN_RISE: f64 = 2.0;

/// A forecast looks ahead at most so many times as far as the samples look back.
const MAX_AHEAD: f64 = 24.0;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Up.
    Rising,
    /// Down.
    Falling,
    /// Neither: what it moves is less than its noise.
    Flat,
}

/// Where a series goes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Trend {
    /// Which way.
    pub direction: Direction,
    /// Change per hour, in the unit of the series: the median of the slopes between all pairs.
    pub slope_per_hour: f64,
    /// The value on the line at the end.
    pub level: f64,
    /// First sample that it is judged by: after the last change of level.
    pub since: Timestamp,
    /// Samples that it is judged by.
    pub samples: usize,
    /// Hours between the first and the last of them.
    pub hours: f64,
}

impl Trend {
    /// Hours until the line meets a threshold; 0 when it is above already. `None` when it is flat,
    /// falls, or would have to be followed much further than it was seen.
    pub fn hours_to_threshold(&self, threshold: f64) -> Option<f64> {
        if self.direction != Direction::Rising {
            return None;
        }
        let left = ((threshold - self.level) / self.slope_per_hour).max(0.0);
        (left <= self.hours * MAX_AHEAD).then_some(left)
    }
}

/// Where a series goes since the last change of its level; `None` for too few samples.
pub fn trend(series: &Series) -> Option<Trend> {
    after(series, &change_points(series))
}

pub(super) fn after(series: &Series, changes: &[ChangePoint]) -> Option<Trend> {
    let known = finite(series);
    let from = changes
        .last()
        .map_or(0, |change| known.partition_point(|(at, _)| *at < change.at));
    let points = &known[from..];
    if points.len() < MIN_SAMPLES {
        return None;
    }
    let (since, until) = (points.first()?.0, points.last()?.0);
    let thinned = thinned(points, since);
    let slope = slope(&thinned);
    let span = hours(since, until);
    let rests = thinned
        .iter()
        .map(|(at, value)| value - slope * (at - span));
    let values: Vec<f64> = points.iter().map(|(_, value)| *value).collect();
    // Without the slope, what is left is the noise.
    let flat = thinned.iter().map(|(at, value)| value - slope * at);
    let noise = robust::noise(&flat.collect::<Vec<f64>>()).min(robust::noise(&values));
    let direction = if (slope * span).abs() <= MIN_RISE * noise {
        Direction::Flat
    } else if slope > 0.0 {
        Direction::Rising
    } else {
        Direction::Falling
    };
    Some(Trend {
        direction,
        slope_per_hour: slope,
        level: robust::median(rests.collect()),
        since,
        samples: points.len(),
        hours: span,
    })
}

/// Hours since the first point and values; at most so many as are compared.
fn thinned(points: &[(Timestamp, f64)], since: Timestamp) -> Vec<(f64, f64)> {
    let every = points.len().div_ceil(MAX_COMPARED).max(1);
    let kept = points.iter().rev().step_by(every).rev();
    kept.map(|(at, value)| (hours(since, *at), *value))
        .collect()
}

/// The median of the slopes between all pairs of points (Theil and Sen).
fn slope(points: &[(f64, f64)]) -> f64 {
    let mut slopes = Vec::with_capacity(points.len() * points.len() / 2);
    for (index, (at, value)) in points.iter().enumerate() {
        let later = points[index + 1..].iter().filter(|(other, _)| other > at);
        slopes.extend(later.map(|(other, next)| (next - value) / (other - at)));
    }
    robust::median(slopes)
}
