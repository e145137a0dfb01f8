#![doc = include_str!("scheduler_error.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The scheduler failed while it placed the Pod.
#[derive(Debug)]
pub(crate) struct SchedulerError;

static META: Meta = Meta {
    id: CheckId::new("scheduling/scheduler-error"),
    kind: FindingKind::Scheduling(SchedulingFinding::SchedulerError),
    needs: sources::PODS,
    advice: &["Read the message: the API server, an extender or a plugin returned an error."],
    casebook: include_str!("scheduler_error.md"),
};

impl Check for SchedulerError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let failed = suspect
                .pod
                .condition("PodScheduled")
                .filter(|known| !known.is_true() && known.reason == "SchedulerError");
            let Some(condition) = failed else { continue };
            let subject = Subject::of(suspect.object.clone()).since(condition.since);
            report.found(subject, cite::condition(&suspect.object, condition), None);
        }
    }
}
