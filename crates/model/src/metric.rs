//! Metrics over time: series as a Prometheus-compatible source gives them, and what was measured of
//! which object.

use jiff::Timestamp;
use serde::Serialize;

use crate::ObjectRef;

/// Points that one series may hold: Prometheus refuses range queries that would give more.
pub const MAX_POINTS: usize = 11_000;

/// Series that one answer may hold; more come only from a query that was meant narrower.
pub const MAX_SERIES: usize = 500;

/// Values over time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// Labels, sorted by name.
    pub labels: Vec<(String, String)>,
    /// Times, rising, and values. A value that is no number stays in its place as a gap.
    pub points: Vec<(Timestamp, f64)>,
}

impl Series {
    /// The value of a label.
    pub fn label(&self, name: &str) -> Option<&str> {
        let found = self.labels.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| &**value)
    }

    /// The same series with every value multiplied.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        for (_, value) in &mut self.points {
            *value *= factor;
        }
        self
    }
}

/// What is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    /// Processor time.
    Cpu,
    /// Working set.
    Memory,
    /// The root file system.
    Disk,
}

impl Resource {
    /// As people write it.
    pub fn word(self) -> &'static str {
        match self {
            Resource::Cpu => "CPU",
            Resource::Memory => "memory",
            Resource::Disk => "disk",
        }
    }
}

/// What 100 % means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The sum of the limits: every container has one.
    Limit,
    /// The sum of the requests: some container has no limit, every container has a request.
    Request,
    /// What Pods may use of the node: some container has neither.
    Node,
}

impl Basis {
    /// As people write it after "percent of".
    pub fn word(self) -> &'static str {
        match self {
            Basis::Limit => "limit",
            Basis::Request => "request",
            Basis::Node => "node",
        }
    }
}

/// One thing that was measured of one object, in percent.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// A Pod or a Node.
    pub object: ObjectRef,
    /// What is used.
    pub resource: Resource,
    /// What 100 % means.
    pub basis: Basis,
    /// Percent over time.
    pub series: Series,
}

/// Everything that was measured, and what could not be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measurements {
    /// What was measured, in the order of asking.
    pub list: Vec<Measurement>,
    /// One sentence for each thing that could not be measured.
    pub gaps: Vec<String>,
}
