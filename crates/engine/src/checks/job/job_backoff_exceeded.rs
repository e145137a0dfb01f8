#![doc = include_str!("job_backoff_exceeded.md")]

use dogwatch_model::{CheckId, FindingKind, JobFinding, Kind, snapshot::find_condition};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The Job gave up after its retries.
#[derive(Debug)]
pub(crate) struct BackoffExceeded;

static META: Meta = Meta {
    id: CheckId::new("job/job-backoff-exceeded"),
    kind: FindingKind::Job(JobFinding::BackoffExceeded),
    needs: sources::JOBS,
    advice: &["Look at how its Pods ended."],
    casebook: include_str!("job_backoff_exceeded.md"),
};

impl Check for BackoffExceeded {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for job in &view.snapshot.jobs {
            let failed = find_condition(&job.status.conditions, "Failed")
                .filter(|known| known.is_true() && known.reason == "BackoffLimitExceeded");
            let Some(condition) = failed else { continue };
            let object = cite::object(Kind::Job, &job.meta);
            let subject = Subject::of(object.clone()).since(condition.since);
            let count = cite::status(&object, "status.failed", job.status.failed);
            report.found(subject, cite::condition(&object, condition), [count]);
        }
    }
}
