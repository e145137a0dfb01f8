//! Autoscalers: what their conditions say, and whom they scale.

use std::collections::BTreeMap;

use dogwatch_model::{
    Evidence, Kind, ObjectRef,
    snapshot::{Condition, Event, HorizontalPodAutoscaler, find_condition},
};
use jiff::{SignedDuration, Timestamp};

use super::Pattern;
use crate::{
    check::{Report, Subject},
    cite,
    rollout::Rollout,
    view::{View, is_within},
};

/// A new autoscaler, and new Pods, have no metrics for some minutes.
pub(crate) const PATIENCE: SignedDuration = SignedDuration::from_mins(5);

/// What does not pass by itself needs no waiting, except for one look of the controller.
pub(crate) const AT_ONCE: SignedDuration = SignedDuration::from_secs(30);

/// Autoscalers that nobody is deleting.
pub(crate) fn all<'v, 'a>(
    view: &'v View<'a>,
) -> impl Iterator<Item = &'a HorizontalPodAutoscaler> + 'v {
    let all = view.snapshot.autoscalers.iter();
    all.filter(|known| !known.meta.is_terminating())
}

/// The reference to an autoscaler.
pub(crate) fn object(known: &HorizontalPodAutoscaler) -> ObjectRef {
    cite::object(Kind::HorizontalPodAutoscaler, &known.meta)
}

/// A condition of one type that has had its status for long enough to count.
pub(crate) fn settled<'a>(
    view: &View<'_>,
    known: &'a HorizontalPodAutoscaler,
    kind: &str,
    patience: SignedDuration,
) -> Option<&'a Condition> {
    let condition = find_condition(&known.status.conditions, kind)?;
    let since = condition.since.or(known.meta.created);
    let is_young = since.is_some_and(|at| view.now().duration_since(at) < patience);
    (!is_young).then_some(condition)
}

/// Reports every autoscaler of which a condition is False and `reads` finds a reason in it.
pub(crate) fn report_failed(
    view: &View<'_>,
    (kind, patience): (&str, SignedDuration),
    report: &mut Report<'_>,
    reads: impl Fn(&HorizontalPodAutoscaler, &Condition) -> Option<(String, Vec<Evidence>)>,
) {
    for known in all(view) {
        let condition = settled(view, known, kind, patience);
        let Some(condition) = condition.filter(|condition| condition.status == "False") else {
            continue;
        };
        if let Some((detail, facts)) = reads(known, condition) {
            let object = object(known);
            let subject = Subject::of(object.clone())
                .detail(detail)
                .since(condition.since);
            let mut all = vec![cite::condition(&object, condition)];
            all.extend(facts);
            report.found_all(subject, all);
        }
    }
}

/// The reference to whom an autoscaler scales; `None` for custom kinds.
pub(crate) fn target(known: &HorizontalPodAutoscaler) -> Option<ObjectRef> {
    let wanted = &known.spec.scale_target_ref;
    let kind = Kind::of_object(&wanted.kind)?;
    Some(ObjectRef::named(kind, &known.meta.namespace, &wanted.name))
}

/// The workload that an autoscaler scales.
pub(crate) fn rollout<'v, 'a>(
    view: &'v View<'a>,
    known: &HorizontalPodAutoscaler,
) -> Option<&'v Rollout<'a>> {
    view.rollout(&target(known)?)
}

/// What an autoscaler did for one size.
#[derive(Debug, Default)]
pub(crate) struct Rescales<'a> {
    pub(crate) count: i64,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    /// The newest Event.
    pub(crate) event: Option<&'a Event>,
}

static SIZE: Pattern = Pattern::new(r"^New size: (?P<size>\d+);");

/// Rescales within a span, by size.
pub(crate) fn rescales<'a>(
    view: &View<'a>,
    known: &HorizontalPodAutoscaler,
    span: SignedDuration,
) -> BTreeMap<i64, Rescales<'a>> {
    let mut sizes: BTreeMap<i64, Rescales<'a>> = BTreeMap::new();
    for event in view.events_since(&known.meta.uid, known.meta.created) {
        let is_recent =
            |at: Option<Timestamp>| at.is_some_and(|at| is_within(view.now(), at, span));
        // An Event counts all its times: those before the span would be counted too.
        if event.reason != "SuccessfulRescale" || !is_recent(event.first_seen) {
            continue;
        }
        let size = SIZE.capture(&event.message, "size");
        let Some(size) = size.and_then(|size| size.parse().ok()) else {
            continue;
        };
        let entry = sizes.entry(size).or_default();
        entry.count += event.count;
        entry.first = [entry.first, event.first_seen].into_iter().flatten().min();
        entry.last = entry.last.max(event.last_seen);
        entry.event = Some(event);
    }
    sizes
}
