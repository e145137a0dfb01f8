//! Who adds nodes and changes sizes besides the horizontal autoscaler: cluster autoscaler, KEDA and
//! the vertical autoscaler.

use std::collections::BTreeMap;

use dogwatch_model::{
    Uid,
    snapshot::{Condition, CustomObject, Event, Pod},
};
use jiff::SignedDuration;

use crate::view::{View, is_within};

/// The cluster autoscaler decided against a node for a Pod.
pub(crate) const NOT_TRIGGERED: &str = "NotTriggerScaleUp";

/// The cluster autoscaler asked for a node for a Pod.
pub(crate) const TRIGGERED: &str = "TriggeredScaleUp";

/// A node group that failed is left out for up to half an hour.
const RECENT: SignedDuration = SignedDuration::from_mins(30);

/// The newest word of the cluster autoscaler about a Pod.
pub(crate) fn newest<'a>(view: &View<'a>, pod: &'a Pod) -> Option<&'a Event> {
    let events = view.pod_events(pod);
    events
        .filter(|event| matches!(&*event.reason, NOT_TRIGGERED | TRIGGERED))
        .last()
}

/// True when the Event was seen within the last half hour.
pub(crate) fn is_recent(view: &View<'_>, event: &Event) -> bool {
    event
        .last_seen
        .is_some_and(|at| is_within(view.now(), at, RECENT))
}

/// The newest recent failure per object, unless a success follows it.
pub(crate) fn newest_per_object<'a>(
    view: &View<'a>,
    failures: &[&str],
    successes: &[&str],
) -> Vec<&'a Event> {
    let mut newest: BTreeMap<(&str, &str, &Uid), &Event> = BTreeMap::new();
    for event in &view.snapshot.events {
        let reason = &&*event.reason;
        if failures.contains(reason) || successes.contains(reason) {
            let about = &event.involved;
            let known = newest
                .entry((&about.kind, &about.name, &about.uid))
                .or_insert(event);
            if event.last_seen >= known.last_seen {
                *known = event;
            }
        }
    }
    let failed = newest.into_values();
    failed
        .filter(|event| failures.contains(&&*event.reason) && is_recent(view, event))
        .collect()
}

/// Annotations with which somebody pauses KEDA.
pub(crate) const PAUSED: &[&str] = &[
    "autoscaling.keda.sh/paused-replicas",
    "autoscaling.keda.sh/paused",
];

/// ScaledObjects and ScaledJobs that nobody is deleting.
pub(crate) fn keda<'v, 'a>(view: &'v View<'a>) -> impl Iterator<Item = &'a CustomObject> + 'v {
    let objects = view.snapshot.customs_of("keda.sh", "ScaledObject");
    let jobs = view.snapshot.customs_of("keda.sh", "ScaledJob");
    objects
        .chain(jobs)
        .filter(|object| !object.meta.is_terminating())
}

/// True when somebody has paused KEDA for this object.
pub(crate) fn is_paused(object: &CustomObject) -> bool {
    let annotations = PAUSED
        .iter()
        .filter_map(|key| object.meta.annotations.get(key));
    let has_annotation = annotations.into_iter().any(|value| value != "false");
    let condition = object.condition("Paused");
    has_annotation || condition.is_some_and(Condition::is_true)
}

/// Vertical autoscalers that nobody is deleting.
pub(crate) fn vertical<'v, 'a>(view: &'v View<'a>) -> impl Iterator<Item = &'a CustomObject> + 'v {
    let all = view
        .snapshot
        .customs_of("autoscaling.k8s.io", "VerticalPodAutoscaler");
    all.filter(|object| !object.meta.is_terminating())
}
