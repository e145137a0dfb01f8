#![doc = include_str!("rs_create_error.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// The ReplicaSet of the new version cannot be created.
#[derive(Debug)]
pub(crate) struct RsCreateError;

static META: Meta = Meta {
    id: CheckId::new("workload/rs-create-error"),
    kind: FindingKind::Workload(WorkloadFinding::RsCreateError),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &[
        "Read the words of the API server in the evidence: an object that is too large or invalid, a storage that does not answer, a plugin of your own.",
    ],
    casebook: include_str!("rs_create_error.md"),
};

impl Check for RsCreateError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let Some(condition) = rejections::creation_error(rollout) else {
                continue;
            };
            // A known refusal has its own check.
            let (class, words) = rejections::classify(&condition.message);
            if class != RejectClass::Other {
                continue;
            }
            let uid = &rollout.meta().uid;
            let events = view
                .events_since(uid, rollout.meta().created)
                .filter(|event| event.reason == "ReplicaSetCreateError");
            let subject = Subject::of(rollout.object.clone())
                .detail(words)
                .since(condition.since);
            report.found(
                subject,
                cite::condition(&rollout.object, condition),
                events.last().map(cite::event),
            );
        }
    }
}
