//! Checks of the domain `job`.

pub(super) mod job_backoff_exceeded;
pub(super) mod job_deadline;
