//! Executions: who sends the steps of a plan, under which limits, and how far it got.

use core::fmt;

use jiff::{SignedDuration, Timestamp};

/// Counts the executors of one plan, from 1. A write with an old epoch is refused, because a lease
/// alone cannot stop an executor that was asleep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(u64);

impl Epoch {
    /// Wraps a number that the store handed out.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How often recovery may change things. Checked in the transaction that begins a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Plans of one cluster that execute or verify at the same time.
    pub in_flight_per_cluster: u32,
    /// Plans of one cluster that begin within an hour.
    pub plans_per_hour: u32,
    /// Changes of one object within 24 hours.
    pub mutations_per_object_24h: u32,
    /// How long an object rests after a change.
    pub cool_down: SignedDuration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            in_flight_per_cluster: 1,
            plans_per_hour: 5,
            mutations_per_object_24h: 3,
            cool_down: SignedDuration::from_mins(10),
        }
    }
}

/// An executor that wants to send the steps of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The plan.
    pub plan_id: String,
    /// The executor: process and host.
    pub owner: String,
    /// Its clock.
    pub now: Timestamp,
    /// Until when nobody else may take over.
    pub lease_until: Timestamp,
}

/// Who executes a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The executor.
    pub owner: String,
    /// Its epoch.
    pub epoch: Epoch,
    /// When the plan began.
    pub begun_at: Timestamp,
    /// Until when nobody else may take over.
    pub until: Timestamp,
}

/// A step that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepStart {
    /// The plan.
    pub plan_id: String,
    /// The epoch of the executor.
    pub epoch: Epoch,
    /// The number of the step.
    pub n: u32,
    /// The clock of the executor.
    pub at: Timestamp,
    /// The object that the step changes, one of the plan's targets; `None` when it only reads.
    pub object: Option<String>,
    /// The request as JSON text.
    pub body: String,
}

/// A step that came to an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepEnd {
    /// The plan.
    pub plan_id: String,
    /// The epoch of the executor.
    pub epoch: Epoch,
    /// The number of the step.
    pub n: u32,
    /// The clock of the executor.
    pub at: Timestamp,
    /// The outcome as JSON text.
    pub body: String,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepState {
    /// It may have been sent. After a crash its outcome is found by reading the object.
    Started,
    /// It was done.
    Done,
    /// It failed and changed nothing.
    Failed,
}

impl StepState {
    /// The name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Started, Self::Done, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// A step as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its number.
    pub n: u32,
    /// The executor that touched it last.
    pub epoch: Epoch,
    /// Where it stands.
    pub state: StepState,
    /// The object that it changes.
    pub object: Option<String>,
    /// The request as JSON text.
    pub request: String,
    /// The outcome as JSON text, once there is one.
    pub outcome: Option<String>,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// A later look at what a plan promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recheck {
    /// The plan.
    pub plan_id: String,
    /// Its number among those of the plan, from 1.
    pub n: u32,
    /// The incident of the plan.
    pub incident_id: String,
    /// When it falls due.
    pub due_at: Timestamp,
}
