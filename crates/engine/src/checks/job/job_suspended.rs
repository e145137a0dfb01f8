#![doc = include_str!("job_suspended.md")]

use dogwatch_model::{CheckId, FindingKind, JobFinding, Kind, snapshot::find_condition};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The Job is held back.
#[derive(Debug)]
pub(crate) struct Suspended;

static META: Meta = Meta {
    id: CheckId::new("job/job-suspended"),
    kind: FindingKind::Job(JobFinding::Suspended),
    needs: sources::JOBS,
    advice: &["Set spec.suspend to false when it shall run; a queue may do that by itself."],
    casebook: include_str!("job_suspended.md"),
};

impl Check for Suspended {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for job in &view.snapshot.jobs {
            let is_over = job.meta.is_terminating() || super::is_finished(job);
            if !job.spec.suspend || is_over {
                continue;
            }
            let object = cite::object(Kind::Job, &job.meta);
            let condition = find_condition(&job.status.conditions, "Suspended");
            let subject =
                Subject::of(object.clone()).since(condition.and_then(|known| known.since));
            let facts = condition.map(|known| cite::condition(&object, known));
            report.found(subject, cite::spec(&object, "spec.suspend", true), facts);
        }
    }
}
