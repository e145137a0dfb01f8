#![doc = include_str!("pod_taint_evicted.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// A NoExecute taint drove the Pod away.
#[derive(Debug)]
pub(crate) struct TaintEvicted;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-taint-evicted"),
    kind: FindingKind::Pod(PodFinding::TaintEvicted),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Look at the node: the taint is not-ready or unreachable in most cases."],
    casebook: include_str!("pod_taint_evicted.md"),
};

impl Check for TaintEvicted {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let condition = suspect
                .pod
                .condition("DisruptionTarget")
                .filter(|known| known.is_true() && (known.reason == "DeletionByTaintManager"));
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
