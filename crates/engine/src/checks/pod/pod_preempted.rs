#![doc = include_str!("pod_preempted.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// A Pod of higher priority took its place.
#[derive(Debug)]
pub(crate) struct Preempted;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-preempted"),
    kind: FindingKind::Pod(PodFinding::Preempted),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Compare priorities; add capacity, or give this Pod the priority it deserves."],
    casebook: include_str!("pod_preempted.md"),
};

impl Check for Preempted {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let condition = suspect
                .pod
                .condition("DisruptionTarget")
                .filter(|known| known.is_true() && (known.reason == "PreemptionByScheduler"));
            let Some(condition) = condition else { continue };
            let subject = Subject::of(suspect.object.clone()).since(condition.since);
            let events = view.pod_events(suspect.pod).filter(|event| {
                matches!(
                    &*event.reason,
                    "Preempted" | "Preempting" | "TaintManagerEviction"
                )
            });
            let fact = cite::condition(&suspect.object, condition);
            report.found(subject, fact, events.last().map(cite::event));
        }
    }
}
