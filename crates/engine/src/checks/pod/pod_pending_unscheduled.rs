#![doc = include_str!("pod_pending_unscheduled.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::placement,
    view::View,
};

/// No node has been found for the Pod.
#[derive(Debug)]
pub(crate) struct PendingUnscheduled;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-pending-unscheduled"),
    kind: FindingKind::Pod(PodFinding::PendingUnscheduled),
    needs: sources::PODS,
    advice: &["Look at the scheduling finding below it: the predicate is the cause."],
    casebook: include_str!("pod_pending_unscheduled.md"),
};

impl Check for PendingUnscheduled {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in view
            .suspects
            .iter()
            .filter(|suspect| placement::is_waiting(suspect))
        {
            let scheduled = suspect
                .pod
                .condition("PodScheduled")
                .filter(|known| known.reason == "Unschedulable");
            let Some(condition) = scheduled else { continue };
            let subject = Subject::of(suspect.object.clone()).since(condition.since);
            report.found(subject, cite::condition(&suspect.object, condition), None);
        }
    }
}
