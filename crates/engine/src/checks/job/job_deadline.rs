#![doc = include_str!("job_deadline.md")]

use dogwatch_model::{CheckId, FindingKind, JobFinding, Kind, snapshot::find_condition};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
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
        for job in &view.snapshot.jobs {
            let failed = find_condition(&job.status.conditions, "Failed")
                .filter(|known| known.is_true() && known.reason == "DeadlineExceeded");
            let Some(condition) = failed else { continue };
            let object = cite::object(Kind::Job, &job.meta);
            let subject = Subject::of(object.clone()).since(condition.since);
            let count = cite::status(&object, "status.failed", job.status.failed);
            report.found(subject, cite::condition(&object, condition), [count]);
        }
    }
}
