#![doc = include_str!("cronjob_suspended.md")]

use dogwatch_model::{CheckId, FindingKind, JobFinding, Kind};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The CronJob makes no Jobs: it is suspended.
#[derive(Debug)]
pub(crate) struct CronSuspended;

static META: Meta = Meta {
    id: CheckId::new("job/cronjob-suspended"),
    kind: FindingKind::Job(JobFinding::CronSuspended),
    needs: sources::CRON_JOBS,
    advice: &["Set spec.suspend to false when it shall run again."],
    casebook: include_str!("cronjob_suspended.md"),
};

impl Check for CronSuspended {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let crons = view.snapshot.cron_jobs.iter();
        for cron in crons.filter(|cron| cron.spec.suspend && !cron.meta.is_terminating()) {
            let object = cite::object(Kind::CronJob, &cron.meta);
            let last = cron.status.last_schedule_time;
            let last = last.map(|at| cite::status(&object, "status.lastScheduleTime", at));
            let fact = cite::spec(&object, "spec.suspend", true);
            report.found(Subject::of(object), fact, last);
        }
    }
}
