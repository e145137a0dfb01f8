//! What components said of objects in Events, by reason.

use std::collections::BTreeMap;

use dogwatch_model::{
    Kind,
    snapshot::{Event, Meta, Pod},
};
use jiff::SignedDuration;

use crate::view::{View, is_within, not_before};

/// What was said longer ago counts as settled, unless the state of the object shows otherwise.
pub(crate) const RECENT: SignedDuration = SignedDuration::from_hours(1);

/// The newest Event of any of the reasons about one incarnation.
pub(crate) fn newest<'a>(view: &View<'a>, meta: &Meta, reasons: &[&str]) -> Option<&'a Event> {
    view.events_since(&meta.uid, meta.created)
        .filter(|event| reasons.contains(&&*event.reason))
        .last()
}

/// The newest recent Event of any of the reasons about each object of a kind, sorted by Namespace
/// and name. The object itself may be unknown.
pub(crate) fn recent<'a>(view: &View<'a>, kind: Kind, reasons: &[&str]) -> Vec<&'a Event> {
    let now = view.now();
    let is_recent = |event: &&Event| event.last_seen.is_some_and(|at| is_within(now, at, RECENT));
    let mut newest = BTreeMap::new();
    let events = view.snapshot.events.iter();
    let wanted = events
        .filter(|event| reasons.contains(&&*event.reason) && event.involved.kind == kind.name());
    for event in wanted.filter(is_recent) {
        let about = &event.involved;
        newest.insert((&about.namespace, &about.name, &about.uid), event);
    }
    newest.into_values().collect()
}

/// Recent Events of any of the reasons about Pods of the snapshot, the newest of each Pod.
pub(crate) fn of_pods<'a>(view: &View<'a>, reasons: &[&str]) -> Vec<(&'a Event, &'a Pod)> {
    let events = recent(view, Kind::Pod, reasons).into_iter();
    let with_pod =
        events.filter_map(|event| Some((event, view.snapshot.pod(&event.involved.uid)?)));
    with_pod
        .filter(|(event, pod)| not_before(event.last_seen, pod.meta.created))
        .collect()
}
