//! Times at which the level of a series changed.
//!
//! Binary segmentation: the split that explains most is taken when it explains more than noise can,
//! and both sides are looked at again. Single wild samples are put back to the level around them
//! first, and the noise is measured by medians, so that neither makes nor hides a change. A series that
//! wanders has no levels: see [`wander`].

use dogwatch_model::Series;
use jiff::Timestamp;
use serde::Serialize;

use super::{finite, real, robust, wander};

/// Samples on either side of a change. Fewer may be an accident.
const MIN_SIDE: usize = 4;

/// Levels have to differ by so many standard deviations of the noise: less may be true and is not
/// worth a word.
const MIN_STEP: f64 = 2.5;

/// What a split of pure noise explains, in variances of it: a constant and a part that grows with the
/// logarithm of the number of samples, because more places are tried.
const PENALTY: (f64, f64) = (10.0, 5.0);

/// Changes named of one series; the clearest ones.
const MAX_CHANGES: usize = 6;

/// Distance from the local level, in standard deviations, from which a sample is wild, and how many
/// neighbours on either side make the local level.
const WILD: f64 = 4.0;
const NEIGHBOURS: usize = 2;

/// Share of the smaller neighbouring step that a stretch between two steps has to climb by itself to
/// be part of a ramp.
const CLIMBS: f64 = 0.5;

/// A change of level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ChangePoint {
    /// The first sample of the new level, or of the ramp to it.
    pub at: Timestamp,
    /// The last sample of the ramp where the change took its time; else as `at`.
    pub until: Timestamp,
    /// The level before.
    pub before: f64,
    /// The level after.
    pub after: f64,
    /// The difference in standard deviations of the noise.
    pub sigmas: f64,
}

/// A split that is kept: the first sample behind it, and what it explains.
#[derive(Debug, Clone, Copy)]
struct Split {
    at: usize,
    gain: f64,
}

/// Where the level changed, in order of time.
pub fn change_points(series: &Series) -> Vec<ChangePoint> {
    let points = finite(series);
    let raw: Vec<f64> = points.iter().map(|(_, value)| *value).collect();
    // Sums of what is far from zero lose digits: only distances from the middle are added.
    let centre = robust::median(raw.clone());
    let centred: Vec<f64> = raw.iter().map(|value| value - centre).collect();
    let noise = robust::noise(&centred);
    let values = without_wild(&centred, noise);
    let noise = robust::noise(&values);
    if noise <= 0.0 {
        return Vec::new();
    }
    let scaled: Vec<f64> = values.iter().map(|value| value / noise).collect();
    let ends = levels(&scaled);
    if is_line(&scaled, &ends) {
        // One line explains the whole: that is a trend, and it began before the first sample.
        return Vec::new();
    }
    let steps = wander::without_walks(&scaled, joined(&scaled, &ends));
    steps
        .into_iter()
        .map(|step| ChangePoint {
            at: points[step.first].0,
            until: points[step.last].0,
            before: step.before * noise + centre,
            after: step.after * noise + centre,
            sigmas: (step.after - step.before).abs(),
        })
        .collect()
}

/// True when one line explains the samples better than the levels do. Each level after the second
/// has to earn its place as each split had to.
fn is_line(values: &[f64], ends: &[usize]) -> bool {
    let Some(extra) = ends.len().checked_sub(3) else {
        return false;
    };
    let per_sample = slope(values);
    let places = values.iter().enumerate();
    let level: Vec<f64> = places
        .map(|(at, value)| value - per_sample * real(at))
        .collect();
    let by_levels: f64 = ends
        .windows(2)
        .map(|pair| rest(&values[pair[0]..pair[1]]))
        .sum();
    rest(&level) < by_levels + penalty(values.len()) * real(extra)
}

/// The slope per sample of the line that explains most. Wild samples were put back before.
pub(super) fn slope(values: &[f64]) -> f64 {
    let middle = real(values.len().saturating_sub(1)) / 2.0;
    let places = || {
        values
            .iter()
            .enumerate()
            .map(|(at, value)| (real(at) - middle, value))
    };
    let square: f64 = places().map(|(at, _)| at * at).sum();
    let product: f64 = places().map(|(at, value)| at * value).sum();
    if square > 0.0 { product / square } else { 0.0 }
}

/// What a level leaves unexplained: the squared distances from its mean.
pub(super) fn rest(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / real(values.len().max(1));
    values.iter().map(|value| (value - mean).powi(2)).sum()
}

/// What a split has to explain.
pub(super) fn penalty(count: usize) -> f64 {
    PENALTY.0 + PENALTY.1 * real(count.max(1)).ln()
}

/// The samples with those that stand alone put back to the median around them.
fn without_wild(values: &[f64], noise: f64) -> Vec<f64> {
    let local = |at: usize| {
        let from = at.saturating_sub(NEIGHBOURS);
        let to = (at + NEIGHBOURS + 1).min(values.len());
        robust::median(values[from..to].to_vec())
    };
    let tamed = values.iter().enumerate().map(|(at, value)| {
        let level = local(at);
        if (value - level).abs() > WILD * noise {
            level
        } else {
            *value
        }
    });
    tamed.collect()
}

/// The ends of the levels: 0, the places of the splits, and the number of samples.
fn levels(values: &[f64]) -> Vec<usize> {
    let mut sums = vec![0.0];
    for value in values {
        sums.push(sums[sums.len() - 1] + value);
    }
    let penalty = penalty(values.len());
    let mut kept: Vec<Split> = Vec::new();
    let mut open = vec![(0, values.len())];
    while let Some((from, to)) = open.pop() {
        let Some(split) = best(&sums, from, to) else {
            continue;
        };
        if split.gain > penalty {
            kept.push(split);
            open.push((from, split.at));
            open.push((split.at, to));
        }
    }
    kept.sort_by_key(|split| split.at);
    while let Some(weak) = weakest(values, &kept) {
        kept.remove(weak);
    }
    let inner = kept.iter().map(|split| split.at);
    [0].into_iter().chain(inner).chain([values.len()]).collect()
}

/// The split that explains most of what lies in a stretch.
fn best(sums: &[f64], from: usize, to: usize) -> Option<Split> {
    let places = from + MIN_SIDE..(to + 1).saturating_sub(MIN_SIDE);
    let gain = |at: usize| {
        let (left, right) = (real(at - from), real(to - at));
        let step = mean(sums, at, to) - mean(sums, from, at);
        left * right / (left + right) * step * step
    };
    places
        .map(|at| Split { at, gain: gain(at) })
        .max_by(|one, other| one.gain.total_cmp(&other.gain).then(other.at.cmp(&one.at)))
}

/// The split with the smallest step, when it is too small. Medians count: of a series without noise
/// one sample on the way from one level to the next would make a level of its own.
fn weakest(values: &[f64], kept: &[Split]) -> Option<usize> {
    let step = |index: usize| {
        let from = index.checked_sub(1).map_or(0, |before| kept[before].at);
        let to = kept.get(index + 1).map_or(values.len(), |next| next.at);
        let at = kept[index].at;
        (level(values, at, to) - level(values, from, at)).abs()
    };
    let (index, smallest) = (0..kept.len())
        .map(|index| (index, step(index)))
        .min_by(|one, other| one.1.total_cmp(&other.1))?;
    (smallest < MIN_STEP).then_some(index)
}

fn level(values: &[f64], from: usize, to: usize) -> f64 {
    robust::median(values[from..to].to_vec())
}

fn mean(sums: &[f64], from: usize, to: usize) -> f64 {
    (sums[to] - sums[from]) / real((to - from).max(1))
}

/// A step between two levels, by places of samples.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// The first sample behind the level before.
    pub(super) first: usize,
    /// The first sample of the level after: `first` where there is no ramp.
    pub(super) last: usize,
    before: f64,
    after: f64,
}

/// The steps between the levels; those along one ramp are one.
fn joined(values: &[f64], ends: &[usize]) -> Vec<Step> {
    let stretches: Vec<(usize, usize)> = ends.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let mut steps: Vec<Step> = Vec::new();
    for pair in stretches.windows(2) {
        let [(from, at), (_, to)] = [pair[0], pair[1]];
        let step = Step {
            first: at,
            last: at,
            before: level(values, from, at),
            after: level(values, at, to),
        };
        match steps.last_mut() {
            Some(known) if is_ramp(known, &step, &values[from..at]) => {
                known.last = step.last;
                known.after = step.after;
            }
            _ => steps.push(step),
        }
    }
    strongest(steps)
}

/// True when two steps in the same direction have a stretch between them that goes there as well.
fn is_ramp(one: &Step, next: &Step, between: &[f64]) -> bool {
    let (before, after) = (one.after - one.before, next.after - next.before);
    if before * after <= 0.0 {
        return false;
    }
    let rise = slope(between) * real(between.len()) * after.signum();
    rise >= CLIMBS * before.abs().min(after.abs())
}

fn strongest(mut steps: Vec<Step>) -> Vec<Step> {
    let size = |step: &Step| (step.after - step.before).abs();
    steps.sort_by(|one, other| size(other).total_cmp(&size(one)));
    steps.truncate(MAX_CHANGES);
    steps.sort_by_key(|step| step.first);
    steps
}
