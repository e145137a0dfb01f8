#![doc = include_str!("cronjob_bad_schedule.md")]

use dogwatch_model::{CheckId, FindingKind, JobFinding, Kind};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::View,
};

/// The schedule or time zone of the CronJob cannot be read.
#[derive(Debug)]
pub(crate) struct CronBadSchedule;

static META: Meta = Meta {
    id: CheckId::new("job/cronjob-bad-schedule"),
    kind: FindingKind::Job(JobFinding::CronBadSchedule),
    needs: sources::CRON_JOBS_AND_EVENTS,
    advice: &["Correct spec.schedule or spec.timeZone."],
    casebook: include_str!("cronjob_bad_schedule.md"),
};

impl Check for CronBadSchedule {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for cron in &view.snapshot.cron_jobs {
            let Some(event) = notes::newest(view, &cron.meta, UNREADABLE) else {
                continue;
            };
            // A schedule that was corrected stands no longer in the words of the controller.
            let (schedule, zone) = (&cron.spec.schedule, &cron.spec.time_zone);
            let names = |text: &str| {
                let message = &event.message;
                let is_quoted = message.contains(&format!("{text:?}"));
                !text.is_empty() && (is_quoted || message.contains(&format!(": {text} :")))
            };
            if !names(schedule) && !names(zone) {
                continue;
            }
            let object = cite::object(Kind::CronJob, &cron.meta);
            let fact = if names(schedule) {
                cite::spec(&object, "spec.schedule", schedule)
            } else {
                cite::spec(&object, "spec.timeZone", zone)
            };
            let subject = Subject::of(object)
                .detail(fact.value.clone())
                .since(event.first_seen);
            report.found(subject, fact, [cite::event(event)]);
        }
    }
}

const UNREADABLE: &[&str] = &[
    "UnparseableSchedule",
    "UnParseableCronJobSchedule",
    "InvalidSchedule",
    "UnknownTimeZone",
];
