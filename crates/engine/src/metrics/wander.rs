//! Changes of level, or a series that wanders: a random walk, or noise that depends on what was
//! before, comes to new levels by itself and stays there for a while.
//!
//! What the levels leave unexplained tells them apart. Around true levels it jumps from sample to
//! sample as it likes; of a series that wanders it still goes its way. There only what is too fast
//! for wandering counts as a change.

use super::{
    change::{Step, penalty, rest, slope},
    real, robust,
};

/// Neighbours among independent samples are two variances apart on average, squared. So many standard
/// deviations of that average it may fall short of two.
const SLACK: f64 = 2.75;

/// Below this neighbours are too close for independent samples, however short the series is.
const CLOSE: f64 = 1.4;

/// A walk goes at most so many times its usual step, times the root of the number of steps: what goes
/// further was pushed.
const PUSHED: f64 = 5.2;

/// Samples before and behind a change between which it is looked for.
const WITHIN: usize = 8;

/// A stretch of samples between two changes, or along a ramp.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: usize,
    to: usize,
    /// Per sample; 0 where a level explains the stretch well enough.
    slope: f64,
}

/// The steps that are changes of level, and not what a series does that wanders.
pub(super) fn without_walks(values: &[f64], mut steps: Vec<Step>) -> Vec<Step> {
    if steps.is_empty() {
        return steps;
    }
    let stretches = stretches(values, &steps);
    if !is_independent(values, &stretches, &steps) {
        let usual = usual_move(values, &stretches);
        steps.retain(|step| is_pushed(values, step, usual));
    }
    steps
}

fn stretches(values: &[f64], steps: &[Step]) -> Vec<Stretch> {
    let inner = steps.iter().flat_map(|step| [step.first, step.last]);
    let mut bounds: Vec<usize> = [0, values.len()].into_iter().chain(inner).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let stretch = |pair: &[usize]| {
        let (from, to) = (pair[0], pair[1]);
        let part = &values[from..to];
        let slope = slope(part);
        let line: Vec<f64> = (0_usize..)
            .zip(part)
            .map(|(at, value)| value - slope * real(at))
            .collect();
        let is_earned = rest(part) - rest(&line) > penalty(values.len());
        let slope = if is_earned { slope } else { 0.0 };
        Stretch { from, to, slope }
    };
    bounds.windows(2).map(stretch).collect()
}

/// True when what the stretches leave unexplained does not depend on the sample before.
fn is_independent(values: &[f64], stretches: &[Stretch], steps: &[Step]) -> bool {
    let mut rests = Vec::with_capacity(values.len());
    for stretch in stretches {
        let part = (0_usize..).zip(&values[stretch.from..stretch.to]);
        let level: Vec<f64> = part
            .map(|(at, value)| value - stretch.slope * real(at))
            .collect();
        let centre = robust::median(level.clone());
        let places = stretch.from..stretch.to;
        let known = places.zip(level).filter(|(at, _)| !is_bend(*at, steps));
        rests.extend(known.map(|(_, value)| value - centre));
    }
    let square: f64 = rests.iter().map(|rest| rest * rest).sum();
    let pairs = rests.windows(2);
    let moved: f64 = pairs.map(|pair| (pair[1] - pair[0]).powi(2)).sum();
    let count = real(rests.len());
    let sloped = stretches.iter().filter(|stretch| stretch.slope != 0.0);
    let fitted = real(stretches.len() + sloped.count());
    let wanted = (2.0 - SLACK * 2.0 / count.max(1.0).sqrt()).max(CLOSE);
    moved * (count - fitted) >= square * count * wanted
}

/// True near the ends of a ramp, where neither level nor line fits.
fn is_bend(at: usize, steps: &[Step]) -> bool {
    let mut ramps = steps.iter().filter(|step| step.first < step.last);
    ramps.any(|ramp| at.abs_diff(ramp.first) < WITHIN || at.abs_diff(ramp.last) < WITHIN)
}

/// How far one sample is from the next, as a standard deviation.
fn usual_move(values: &[f64], stretches: &[Stretch]) -> f64 {
    let moves = stretches.iter().flat_map(|stretch| {
        let part = values[stretch.from..stretch.to].windows(2);
        part.map(|pair| pair[1] - pair[0] - stretch.slope)
    });
    robust::spread(&moves.collect::<Vec<f64>>(), 0.0)
}

/// True for a change that is too fast, or too far, for a walk.
fn is_pushed(values: &[f64], step: &Step, usual: f64) -> bool {
    let befores = step.first.saturating_sub(WITHIN)..step.first;
    let afters = step.last..(step.last + WITHIN).min(values.len());
    let is_far = |before: usize, after: usize| {
        let moved = (values[after] - values[before]).abs();
        moved >= PUSHED * usual * real(after - before).sqrt()
    };
    befores
        .into_iter()
        .any(|before| afters.clone().any(|after| is_far(before, after)))
}
