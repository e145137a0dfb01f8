//! What a series says: numbers, levels that changed, values that stand out, where it goes.
//!
//! Everything is robust: medians and not averages decide, so that one wild sample changes nothing.
//! Nothing depends on the unit: a series that is shifted or multiplied gives the same times.

mod anomaly;
mod change;
mod robust;
mod summary;
mod threshold;
mod trend;
mod wander;

use dogwatch_model::Series;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

pub use anomaly::{Anomaly, anomalies};
pub use change::{ChangePoint, change_points};
pub use summary::{Summary, summary};
pub use threshold::{Thresholds, Word, thresholds};
pub use trend::{Direction, Trend, trend};

/// Everything that is said of one series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Analysis {
    /// Numbers; `None` when there is no sample: no data, not zero.
    pub summary: Option<Summary>,
    /// Where the level changed, in order of time.
    pub change_points: Vec<ChangePoint>,
    /// Single values that stand out.
    pub anomalies: Vec<Anomaly>,
    /// Where it goes since the last change; `None` for too few samples.
    pub trend: Option<Trend>,
}

/// Looks at a series in every way.
pub fn analyse(series: &Series) -> Analysis {
    let change_points = change_points(series);
    Analysis {
        summary: summary(series),
        anomalies: anomaly::between(series, &change_points),
        trend: trend::after(series, &change_points),
        change_points,
    }
}

/// The samples that are numbers, in order.
fn finite(series: &Series) -> Vec<(Timestamp, f64)> {
    let points = series.points.iter().copied();
    points.filter(|(_, value)| value.is_finite()).collect()
}

/// Hours from one time to another.
fn hours(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64() / SignedDuration::from_hours(1).as_secs_f64()
}

/// A count as a number to calculate with. Counts of samples are far below what f64 holds exactly.
fn real(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}
