//! Checks of the domain `job`.

pub(super) mod cronjob_bad_schedule;
pub(super) mod cronjob_create_failed;
pub(super) mod cronjob_forbid_overlap;
pub(super) mod cronjob_missed;
pub(super) mod cronjob_suspended;
pub(super) mod cronjob_unexpected_job;
pub(super) mod job_backoff_exceeded;
pub(super) mod job_deadline;
pub(super) mod job_indexes;
pub(super) mod job_pod_failure_policy;
pub(super) mod job_stuck_active;
pub(super) mod job_suspended;

use dogwatch_model::{
    Kind,
    snapshot::{Condition, Job, find_condition},
};

use crate::{
    check::{Report, Subject},
    cite,
    view::View,
};

/// Reports Jobs that failed for a reason, unless a later run of the same CronJob did the work.
fn report_failed(view: &View<'_>, reason: &str, report: &mut Report<'_>) {
    for job in &view.snapshot.jobs {
        let Some(condition) = failure(job).filter(|known| known.reason == reason) else {
            continue;
        };
        if is_superseded(view, job) {
            continue;
        }
        let object = cite::object(Kind::Job, &job.meta);
        let subject = Subject::of(object.clone()).since(condition.since);
        let count = cite::status(&object, "status.failed", job.status.failed);
        report.found(subject, cite::condition(&object, condition), [count]);
    }
}

/// `FailureTarget` says the same while Pods of the Job still end.
fn failure(job: &Job) -> Option<&Condition> {
    ["Failed", "FailureTarget"]
        .into_iter()
        .filter_map(|kind| find_condition(&job.status.conditions, kind))
        .find(|known| known.is_true())
}

fn is_superseded(view: &View<'_>, job: &Job) -> bool {
    let Some(owner) = job.meta.controller() else {
        return false;
    };
    view.snapshot.jobs.iter().any(|other| {
        other.meta.is_controlled_by(&owner.uid)
            && other.meta.created > job.meta.created
            && find_condition(&other.status.conditions, "Complete").is_some_and(Condition::is_true)
    })
}

/// True for a Job that is complete or failed.
fn is_finished(job: &Job) -> bool {
    let is_complete = find_condition(&job.status.conditions, "Complete");
    is_complete.is_some_and(Condition::is_true) || failure(job).is_some()
}
