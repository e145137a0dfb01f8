//! Health of Jobs.

use dogwatch_model::snapshot::{Condition, Job, find_condition};

use super::{Health, of_meta};

/// The state of a Job: done, given up, held back, or still to do.
pub fn of_job(item: &Job) -> Health {
    if let Some(early) = of_meta(&item.meta) {
        return early;
    }
    let status = &item.status;
    let is = |kind| find_condition(&status.conditions, kind).is_some_and(Condition::is_true);
    if is("Complete") {
        Health::current("JobComplete")
    } else if is("Failed") || is("FailureTarget") {
        Health::failed("JobFailed")
    } else if item.spec.suspend {
        Health::current("JobSuspended")
    } else if status.start_time.is_none() {
        Health::in_progress("JobNotStarted")
    } else {
        Health::in_progress("JobRunning")
    }
}
