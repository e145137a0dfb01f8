#![doc = include_str!("cronjob_unexpected_job.md")]

use dogwatch_model::{CheckId, FindingKind, JobFinding, Kind};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::View,
};

/// A Job belongs to the CronJob although it did not make it.
#[derive(Debug)]
pub(crate) struct CronUnexpectedJob;

static META: Meta = Meta {
    id: CheckId::new("job/cronjob-unexpected-job"),
    kind: FindingKind::Job(JobFinding::CronUnexpectedJob),
    needs: sources::CRON_JOBS_AND_EVENTS,
    advice: &["Find out who made the Job: give it another owner, or delete it."],
    casebook: include_str!("cronjob_unexpected_job.md"),
};

impl Check for CronUnexpectedJob {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for event in notes::recent(view, Kind::CronJob, &["UnexpectedJob"]) {
            let mut crons = view.snapshot.cron_jobs.iter();
            let cron = crons.find(|cron| cron.meta.uid == event.involved.uid);
            let Some(cron) = cron else { continue };
            let object = cite::object(Kind::CronJob, &cron.meta);
            report.found(
                Subject::of(object).since(event.first_seen),
                cite::event(event),
                None,
            );
        }
    }
}
