//! Statistics that wild samples do not move.

use super::real;

/// Makes the median absolute deviation of normal noise its standard deviation.
const MAD_TO_SIGMA: f64 = 1.4826;

/// Makes the mean absolute deviation of normal noise its standard deviation.
const MEAN_TO_SIGMA: f64 = 1.2533;

/// Distances of the samples that are compared: neighbours, and some that a sliding average of the
/// source does not tie together.
const LAGS: [usize; 2] = [1, 4];

/// The value below which so many percent of the sorted values lie, interpolated.
pub(super) fn quantile(sorted: &[f64], percent: usize) -> f64 {
    let hundredths = percent * sorted.len().saturating_sub(1);
    let below = hundredths / 100;
    let low = sorted.get(below).copied().unwrap_or(0.0);
    let high = sorted.get(below + 1).copied().unwrap_or(low);
    low + (high - low) * real(hundredths % 100) / 100.0
}

/// The middle value; 0 of nothing.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    quantile(&values, 50)
}

/// The standard deviation of values around a centre, from the median distance.
pub(super) fn spread(values: &[f64], centre: f64) -> f64 {
    MAD_TO_SIGMA * median(values.iter().map(|value| (value - centre).abs()).collect())
}

/// The standard deviation of the noise of a series, from the differences of its samples: levels and
/// slopes fall out of them. 0 for a series without noise and without steps.
pub(super) fn noise(values: &[f64]) -> f64 {
    let robust = LAGS.map(|lag| of_differences(values, lag));
    let sigma = robust.into_iter().fold(0.0, f64::max);
    if sigma > 0.0 {
        return sigma;
    }
    // More than half of the differences are equal: a flat line, with steps or with rare events.
    // Rare events count as noise by how much they move in all.
    let moved: f64 = differences(values, 1).map(f64::abs).sum();
    MEAN_TO_SIGMA * moved / real(values.len().max(2) - 1) / core::f64::consts::SQRT_2
}

fn of_differences(values: &[f64], lag: usize) -> f64 {
    let moved: Vec<f64> = differences(values, lag).collect();
    let centre = median(moved.clone());
    spread(&moved, centre) / core::f64::consts::SQRT_2
}

fn differences(values: &[f64], lag: usize) -> impl Iterator<Item = f64> {
    let later = values.iter().skip(lag);
    values
        .iter()
        .zip(later)
        .map(|(before, after)| after - before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_values() {
        let sorted = [0.0, 1.0, 2.0, 3.0, 4.0];
        assert!((quantile(&sorted, 50) - 2.0).abs() < 1e-12);
        assert!((quantile(&sorted, 95) - 3.8).abs() < 1e-12);
        assert!((quantile(&[7.0], 95) - 7.0).abs() < 1e-12);
        assert!((median(vec![4.0, 1.0]) - 2.5).abs() < 1e-12);
    }

    #[test]
    fn a_step_is_no_noise() {
        let step: Vec<f64> = (0..60).map(|at| if at < 30 { 1.0 } else { 9.0 }).collect();
        assert!(noise(&step) < 0.2, "{}", noise(&step));
        assert!(noise(&[3.0; 40]).abs() < 1e-12);
    }
}
