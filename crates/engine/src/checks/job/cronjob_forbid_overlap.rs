#![doc = include_str!("cronjob_forbid_overlap.md")]

use dogwatch_model::{CheckId, FindingKind, JobFinding, Kind};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::{View, is_within},
};

/// The last Job still runs, so the next one is not made.
#[derive(Debug)]
pub(crate) struct CronForbidOverlap;

static META: Meta = Meta {
    id: CheckId::new("job/cronjob-forbid-overlap"),
    kind: FindingKind::Job(JobFinding::CronForbidOverlap),
    needs: sources::CRON_JOBS_AND_EVENTS,
    advice: &[
        "Find out why the active Job does not end; raise the interval, or allow overlap where that is safe.",
    ],
    casebook: include_str!("cronjob_forbid_overlap.md"),
};

impl Check for CronForbidOverlap {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for cron in &view.snapshot.cron_jobs {
            let Some(active) = cron.status.active.first() else {
                continue;
            };
            let is_forbidden = cron.spec.concurrency_policy == "Forbid";
            let event = notes::newest(view, &cron.meta, &["JobAlreadyActive"]);
            let event = event.filter(|event| {
                let seen = event.last_seen;
                is_forbidden && seen.is_some_and(|at| is_within(view.now(), at, notes::RECENT))
            });
            let Some(event) = event else { continue };
            let object = cite::object(Kind::CronJob, &cron.meta);
            let subject = Subject::of(object.clone())
                .detail(active.name.to_string())
                .since(event.first_seen);
            let facts = [
                cite::spec(&object, "spec.concurrencyPolicy", "Forbid"),
                cite::status(&object, "status.active", &active.name),
            ];
            report.found(subject, cite::event(event), facts);
        }
    }
}
