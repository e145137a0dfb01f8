#![doc = include_str!("cronjob_missed.md")]

use dogwatch_model::{CheckId, FindingKind, JobFinding, Kind, snapshot::CronJob};
use jiff::{SignedDuration, Timestamp};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{notes, schedules::Schedule},
    view::View,
};

/// The CronJob did not run when it should have.
#[derive(Debug)]
pub(crate) struct CronMissed;

static META: Meta = Meta {
    id: CheckId::new("job/cronjob-missed"),
    kind: FindingKind::Job(JobFinding::CronMissed),
    needs: sources::CRON_JOBS_AND_EVENTS,
    advice: &[
        "Look at the controller manager and at startingDeadlineSeconds; a clock that jumps or a long suspension has the same effect.",
    ],
    casebook: include_str!("cronjob_missed.md"),
};

impl Check for CronMissed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for cron in &view.snapshot.cron_jobs {
            if cron.spec.suspend || cron.meta.is_terminating() || is_held(cron) {
                continue;
            }
            let object = cite::object(Kind::CronJob, &cron.meta);
            let last = cron.status.last_schedule_time;
            let event = notes::newest(view, &cron.meta, MISSED);
            // A Job that was made later shows that it runs again.
            let event = event.filter(|event| event.last_seen > last);
            let missed = missed(view, cron);
            if event.is_none() && missed < ENOUGH {
                continue;
            }
            let never = || "never".to_owned();
            let facts = [
                cite::spec(&object, "spec.schedule", &cron.spec.schedule),
                cite::status(
                    &object,
                    "status.lastScheduleTime",
                    last.map_or_else(never, |at| at.to_string()),
                ),
            ];
            let subject = Subject::of(object).since(last.or(cron.meta.created));
            report.found_all(subject, event.map(cite::event).into_iter().chain(facts));
        }
    }
}

const MISSED: &[&str] = &["MissSchedule", "TooManyMissedTimes"];

/// One time may just be passing.
const ENOUGH: usize = 2;

/// The controller may be late by this much.
const LATE: SignedDuration = SignedDuration::from_mins(3);

/// Who changed the CronJob, or resumed it, waits at least for its next time.
const SETTLING: SignedDuration = SignedDuration::from_mins(10);

/// No time zone is further from UTC.
const FURTHEST: SignedDuration = SignedDuration::from_hours(14);

/// An active Job holds the next one back.
fn is_held(cron: &CronJob) -> bool {
    cron.spec.concurrency_policy == "Forbid" && !cron.status.active.is_empty()
}

/// How many times of the schedule have passed since it last ran.
fn missed(view: &View<'_>, cron: &CronJob) -> usize {
    let Some(schedule) = Schedule::parse(&cron.spec.schedule) else {
        return 0;
    };
    let Some(last) = cron.status.last_schedule_time.or(cron.meta.created) else {
        return 0;
    };
    let now = view.now();
    let is_new = |at: Timestamp| now.duration_since(at) < SETTLING;
    if cron.meta.changed.is_some_and(is_new) {
        return 0;
    }
    let is_exact = schedule.is_hourly() || matches!(&*cron.spec.time_zone, "UTC" | "Etc/UTC");
    let room = if is_exact {
        SignedDuration::ZERO
    } else {
        FURTHEST
    };
    let (Ok(from), Ok(until)) = (last.checked_add(room), now.checked_sub(room + LATE)) else {
        return 0;
    };
    schedule.fires(from, until, ENOUGH)
}
