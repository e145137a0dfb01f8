#![doc = include_str!("job_stuck_active.md")]

use dogwatch_model::{CheckId, FindingKind, JobFinding, Kind, Severity};
use jiff::{SignedDuration, Timestamp};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The Job is active and does not come to its end.
#[derive(Debug)]
pub(crate) struct StuckActive;

static META: Meta = Meta {
    id: CheckId::new("job/job-stuck-active"),
    kind: FindingKind::Job(JobFinding::StuckActive),
    needs: sources::JOBS_AND_PODS,
    advice: &["Look at its Pods: what they wait for explains the Job."],
    casebook: include_str!("job_stuck_active.md"),
};

impl Check for StuckActive {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for job in &view.snapshot.jobs {
            let is_over = job.meta.is_terminating() || super::is_finished(job);
            if job.spec.suspend || job.status.active == 0 || is_over {
                continue;
            }
            let object = cite::object(Kind::Job, &job.meta);
            let active = cite::status(&object, "status.active", job.status.active);
            let started = job.status.start_time.or(job.meta.created);
            let lasts = |at: Option<Timestamp>, span| {
                at.is_some_and(|at| view.now().duration_since(at) >= span)
            };
            let mut pods = view.snapshot.pods_of(&job.meta.uid);
            let waiting =
                pods.find(|pod| pod.status.phase == "Pending" && lasts(pod.begun(), PATIENCE));
            if let Some(pod) = waiting {
                let phase = cite::status(&cite::pod(pod), "status.phase", "Pending");
                report.found(Subject::of(object).since(pod.begun()), active, [phase]);
            } else if lasts(started, LONG) && job.spec.active_deadline_seconds.is_none() {
                let start = started.map(|at| cite::status(&object, "status.startTime", at));
                let subject = Subject::of(object).since(started).severity(Severity::Info);
                report.found(subject, active, start);
            }
        }
    }
}

/// A Pod of a Job is placed and started within this time.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// What the usual alert takes for long.
const LONG: SignedDuration = SignedDuration::from_hours(12);
