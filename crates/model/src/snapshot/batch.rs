//! Jobs and CronJobs.

use jiff::Timestamp;
use serde::Deserialize;

use super::{Condition, Meta};
use crate::wire::{List, Text, null_as_default, time};

/// A Job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Job {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What is wanted.
    pub spec: JobSpec,
    /// What the controller says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: JobStatus,
}

/// Spec of a Job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobSpec {
    /// Retries before the Job fails; 6 when absent.
    pub backoff_limit: Option<i64>,
    /// Seconds the Job may take.
    pub active_deadline_seconds: Option<i64>,
    /// Pods that must end well; 1 when absent.
    pub completions: Option<i64>,
    /// Held back.
    #[serde(deserialize_with = "null_as_default")]
    pub suspend: bool,
}

/// Status of a Job. A missing counter is 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobStatus {
    /// Pods that run or wait.
    #[serde(deserialize_with = "null_as_default")]
    pub active: i64,
    /// Pods that ended well.
    #[serde(deserialize_with = "null_as_default")]
    pub succeeded: i64,
    /// Pods that failed.
    #[serde(deserialize_with = "null_as_default")]
    pub failed: i64,
    /// When the controller began.
    #[serde(deserialize_with = "time")]
    pub start_time: Option<Timestamp>,
    /// Conditions.
    pub conditions: List<Condition>,
}

/// A CronJob.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CronJob {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What is wanted.
    pub spec: CronJobSpec,
    /// What the controller says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: CronJobStatus,
}

/// Spec of a CronJob.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CronJobSpec {
    /// When it runs.
    pub schedule: Text,
    /// Zone of the schedule; that of the controller when empty.
    pub time_zone: Text,
    /// `Allow` (the default), `Forbid` or `Replace`.
    pub concurrency_policy: Text,
    /// Held back.
    #[serde(deserialize_with = "null_as_default")]
    pub suspend: bool,
}

/// Status of a CronJob.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CronJobStatus {
    /// Jobs that run now.
    pub active: List<ActiveJob>,
    /// The time for which a Job was last made.
    #[serde(deserialize_with = "time")]
    pub last_schedule_time: Option<Timestamp>,
}

/// A Job of a CronJob that runs now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ActiveJob {
    /// Its name.
    pub name: Text,
}
