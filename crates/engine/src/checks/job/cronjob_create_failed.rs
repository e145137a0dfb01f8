#![doc = include_str!("cronjob_create_failed.md")]

use dogwatch_model::{CheckId, FindingKind, JobFinding, Kind};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::View,
};

/// The CronJob could not make its Job.
#[derive(Debug)]
pub(crate) struct CronCreateFailed;

static META: Meta = Meta {
    id: CheckId::new("job/cronjob-create-failed"),
    kind: FindingKind::Job(JobFinding::CronCreateFailed),
    needs: sources::CRON_JOBS_AND_EVENTS,
    advice: &["Read the words of the API server: quota, admission or a name that is too long."],
    casebook: include_str!("cronjob_create_failed.md"),
};

impl Check for CronCreateFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for cron in view
            .snapshot
            .cron_jobs
            .iter()
            .filter(|cron| !cron.spec.suspend)
        {
            let said = ["FailedCreate", "SuccessfulCreate"];
            // The newest word counts: a Job that was made later settles it.
            let event = notes::newest(view, &cron.meta, &said)
                .filter(|event| event.reason == "FailedCreate");
            let Some(event) = event else { continue };
            let last = cron.status.last_schedule_time;
            if last.is_some() && last > event.last_seen {
                continue;
            }
            let object = cite::object(Kind::CronJob, &cron.meta);
            let fact = cite::spec(&object, "spec.schedule", &cron.spec.schedule);
            report.found(
                Subject::of(object).since(event.first_seen),
                cite::event(event),
                [fact],
            );
        }
    }
}
