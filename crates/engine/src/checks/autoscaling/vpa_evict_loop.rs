#![doc = include_str!("vpa_evict_loop.md")]

use dogwatch_model::{
    AutoscalingFinding, CheckId, FindingKind, Kind, ObjectRef,
    snapshot::{CustomObject, Event},
};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::scaleups,
    view::{View, is_within},
};

/// A vertical autoscaler evicts the Pods of a workload again and again.
#[derive(Debug)]
pub(crate) struct VpaEvictLoop;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/vpa-evict-loop"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::VpaEvictLoop),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Set bounds for the recommendation (minAllowed, maxAllowed) or the mode Initial; see whether new Pods get what was recommended.",
    ],
    casebook: include_str!("vpa_evict_loop.md"),
};

impl Check for VpaEvictLoop {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let events = view.snapshot.events.iter();
        let evictions: Vec<&Event> = events
            .filter(|event| event.reason == "EvictedByVPA" && event.involved.kind == "Pod")
            .filter(|event| {
                event
                    .last_seen
                    .is_some_and(|at| is_within(view.now(), at, SPAN))
            })
            .collect();
        for vertical in scaleups::vertical(view).filter(|_| !evictions.is_empty()) {
            let own: Vec<&Event> = evictions
                .iter()
                .copied()
                .filter(|event| is_of(vertical, event))
                .collect();
            let rounds = 2 * replicas(view, vertical).max(1);
            let count = i64::try_from(own.len()).unwrap_or(i64::MAX);
            if count <= rounds {
                continue;
            }
            let object = ObjectRef::of(vertical.kind, &vertical.meta);
            let first = own.iter().filter_map(|event| event.first_seen).min();
            let subject = Subject::of(object)
                .detail(format!("{count} evictions"))
                .since(first);
            report.found_all(subject, own.into_iter().map(cite::event));
        }
    }
}

/// Events are kept for an hour.
const SPAN: SignedDuration = SignedDuration::from_hours(1);

/// Pods that are evicted are gone: only their name tells whose they were.
fn is_of(vertical: &CustomObject, event: &Event) -> bool {
    let target = vertical.field("spec.targetRef.name").unwrap_or_default();
    let rest = event.involved.name.strip_prefix(target);
    let is_pod = rest
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|rest| {
            // What a ReplicaSet and its Pods, or a StatefulSet and its Pods, add to the name.
            !rest.is_empty() && rest.split('-').count() <= 2
        });
    event.involved.namespace == vertical.meta.namespace && !target.is_empty() && is_pod
}

fn replicas(view: &View<'_>, vertical: &CustomObject) -> i64 {
    let kind = vertical
        .field("spec.targetRef.kind")
        .and_then(Kind::of_object);
    let name = vertical.field("spec.targetRef.name").unwrap_or_default();
    let object = kind.map(|kind| ObjectRef::named(kind, &vertical.meta.namespace, name));
    let rollout = object.and_then(|object| view.rollout(&object).map(|known| known.desired));
    rollout.unwrap_or(1)
}
