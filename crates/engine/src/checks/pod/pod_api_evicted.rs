#![doc = include_str!("pod_api_evicted.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// Somebody evicted the Pod through the Eviction API.
#[derive(Debug)]
pub(crate) struct ApiEvicted;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-api-evicted"),
    kind: FindingKind::Pod(PodFinding::ApiEvicted),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Expected during a drain or a scale-down of nodes."],
    casebook: include_str!("pod_api_evicted.md"),
};

impl Check for ApiEvicted {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let condition = suspect
                .pod
                .condition("DisruptionTarget")
                .filter(|known| known.is_true() && (known.reason == "EvictionByEvictionAPI"));
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
