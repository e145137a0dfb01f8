//! Load that was measured.

use dogwatch_model::plan::Expectation;

/// What there is too little of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PressureOn {
    /// Processor time.
    Cpu,
    /// Memory.
    Memory,
}

/// A metric of a workload that is above its threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pressure {
    /// What there is too little of.
    pub on: PressureOn,
    /// The query that was asked; each of its samples is one Pod, in percent.
    pub query: String,
    /// The highest sample, in thousandths of a percent.
    pub seen_milli: i64,
    /// Above this it is too much, in thousandths of a percent.
    pub threshold_milli: i64,
}

/// Share of the threshold by which a metric must fall below it: at the line itself it would swing.
const HYSTERESIS_PERCENT: i64 = 10;

impl Pressure {
    /// The pressure of a measurement; `None` when it is not too much.
    pub fn of(
        on: PressureOn,
        query: String,
        seen_milli: i64,
        threshold_milli: i64,
    ) -> Option<Self> {
        (seen_milli > threshold_milli).then_some(Self {
            on,
            query,
            seen_milli,
            threshold_milli,
        })
    }

    /// What must be true when it is relieved.
    pub(crate) fn expectation(&self) -> Expectation {
        Expectation::MetricBelow {
            query: self.query.clone(),
            threshold_milli: self.threshold_milli * (100 - HYSTERESIS_PERCENT) / 100,
        }
    }
}
