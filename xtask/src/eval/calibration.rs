//! Is the confidence worth its number? Compares what was said with what came out.

use std::collections::BTreeMap;

use serde::Serialize;

use super::score::{Outcome, Score};

/// Bins of the reliability table: a tenth each.
const BINS: usize = 10;

/// How confidence and outcome agree over many cases.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Calibration {
    /// Mean distance between confidence and accuracy, weighted by the answers of each bin; 0 is
    /// perfect.
    pub(crate) expected_calibration_error: f64,
    /// Bins that have answers.
    pub(crate) bins: Vec<Bin>,
    /// Causes reported in cases without a fault, per 1,000 objects that were checked there.
    pub(crate) false_alarms_per_1000: f64,
    /// Objects that were checked in cases without a fault.
    pub(crate) healthy_objects: u64,
    /// Accuracy of the first answer (entity and class) by class; abstentions count as wrong.
    pub(crate) accuracy: BTreeMap<String, f64>,
}

/// Answers of similar confidence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Bin {
    /// From this confidence on, one tenth wide.
    pub(crate) from: f64,
    /// Answers.
    pub(crate) answers: usize,
    /// Mean confidence.
    pub(crate) confidence: f64,
    /// Share of right answers.
    pub(crate) accuracy: f64,
}

/// Counts over all scores.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of cases are far below 2^52"
)]
pub(crate) fn calibrate(scores: &[Score]) -> Calibration {
    let answered: Vec<(f64, bool)> = scores
        .iter()
        .filter(|score| score.outcome == Outcome::Answered)
        .map(|score| (score.confidence, score.met.contains("both@1")))
        .collect();
    let bins = bins(&answered);
    let total = answered.len().max(1) as f64;
    let error = bins
        .iter()
        .map(|bin| (bin.confidence - bin.accuracy).abs() * bin.answers as f64 / total);
    let quiet = scores.iter().filter(|score| !score.expects_fault());
    let (alarms, objects) = quiet.fold((0_u64, 0_u64), |(alarms, objects), score| {
        (alarms + score.alarms, objects + score.objects)
    });
    Calibration {
        expected_calibration_error: rounded(error.sum()),
        false_alarms_per_1000: rounded(alarms as f64 * 1000.0 / objects.max(1) as f64),
        healthy_objects: objects,
        accuracy: accuracy(scores),
        bins,
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a confidence lies between 0 and 1, and there are few answers"
)]
fn bins(answered: &[(f64, bool)]) -> Vec<Bin> {
    let mut sums = [(0_usize, 0.0_f64, 0_usize); BINS];
    for (confidence, is_right) in answered {
        let at = ((confidence * BINS as f64) as usize).min(BINS - 1);
        let (count, sum, right) = &mut sums[at];
        *count += 1;
        *sum += confidence;
        *right += usize::from(*is_right);
    }
    let used = sums
        .iter()
        .enumerate()
        .filter(|(_, (count, ..))| *count > 0);
    used.map(|(at, (count, sum, right))| Bin {
        from: rounded(at as f64 / BINS as f64),
        answers: *count,
        confidence: rounded(sum / *count as f64),
        accuracy: rounded(*right as f64 / *count as f64),
    })
    .collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of cases are far below 2^52"
)]
fn accuracy(scores: &[Score]) -> BTreeMap<String, f64> {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for score in scores.iter().filter(|score| score.expects_fault()) {
        let (all, right) = counts.entry(score.class.clone()).or_default();
        *all += 1;
        *right += usize::from(score.met.contains("both@1"));
    }
    counts
        .into_iter()
        .map(|(class, (all, right))| (class, rounded(right as f64 / all as f64)))
        .collect()
}

/// Thousandths: the file shall not change with the last bit.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// Prints the table.
pub(crate) fn print(calibration: &Calibration) {
    println!(
        "{:>12} {:>8} {:>12} {:>10}",
        "CONFIDENCE", "ANSWERS", "MEAN", "RIGHT"
    );
    for bin in &calibration.bins {
        println!(
            "{:>12} {:>8} {:>12.2} {:>10.2}",
            format!("{:.1}-{:.1}", bin.from, bin.from + 0.1),
            bin.answers,
            bin.confidence,
            bin.accuracy
        );
    }
    println!(
        "\nexpected calibration error  {:.3}\nfalse alarms per 1,000      {:.2} (over {} healthy objects)\n",
        calibration.expected_calibration_error,
        calibration.false_alarms_per_1000,
        calibration.healthy_objects
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_honest_forecaster_has_no_error() {
        let honest: Vec<(f64, bool)> = (0..10).map(|at| (0.8, at < 8)).collect();
        let bins = bins(&honest);
        assert_eq!(bins.len(), 1);
        assert!((bins[0].confidence - bins[0].accuracy).abs() < 1e-9);
    }

    #[test]
    fn a_boaster_has_all_of_it() {
        let bins = bins(&[(0.95, false), (0.97, false)]);
        assert_eq!((bins[0].answers, bins[0].accuracy), (2, 0.0));
        assert!(bins[0].confidence > 0.9);
    }
}
