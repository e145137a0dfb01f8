#![doc = include_str!("job_deadline.md")]

use dogwatch_model::{CheckId, FindingKind, JobFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    view::View,
};

/// The Job ran longer than its deadline.
#[derive(Debug)]
pub(crate) struct Deadline;

static META: Meta = Meta {
    id: CheckId::new("job/job-deadline"),
    kind: FindingKind::Job(JobFinding::Deadline),
    needs: sources::JOBS,
    advice: &["Raise activeDeadlineSeconds, or find out what its Pods wait for."],
    casebook: include_str!("job_deadline.md"),
};

impl Check for Deadline {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        super::report_failed(view, "DeadlineExceeded", report);
    }
}
