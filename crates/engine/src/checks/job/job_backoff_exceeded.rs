#![doc = include_str!("job_backoff_exceeded.md")]

use dogwatch_model::{CheckId, FindingKind, JobFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
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
        super::report_failed(view, "BackoffLimitExceeded", report);
    }
}
