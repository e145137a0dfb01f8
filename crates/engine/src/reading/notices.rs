//! Events about Services and nodes, tied to the incarnation that they speak of.

use dogwatch_model::{
    Uid,
    snapshot::{Event, Node, Service},
};
use jiff::SignedDuration;

use crate::view::{View, is_within, not_before};

/// Controllers try again within minutes: what was not said for longer is over.
pub(crate) const RECENT: SignedDuration = SignedDuration::from_mins(15);

/// Events about a node, oldest first. Kubelets write the name of the node for its UID.
pub(crate) fn of_node<'a>(view: &View<'a>, node: &'a Node) -> Vec<&'a Event> {
    let meta = &node.meta;
    let by_name = view.snapshot.events_of(&Uid::new(&meta.name)).iter();
    let by_name = by_name
        .filter(|event| event.involved.kind == "Node" && not_before(event.last_seen, meta.created));
    let mut events: Vec<&Event> = view
        .events_since(&meta.uid, meta.created)
        .chain(by_name)
        .collect();
    events.sort_by_key(|event| event.last_seen);
    events
}

/// The newest Event about a Service with one of the reasons, when it is recent.
pub(crate) fn recent<'a>(
    view: &View<'a>,
    service: &'a Service,
    reasons: &[&str],
) -> Option<&'a Event> {
    let meta = &service.meta;
    let events = view.events_since(&meta.uid, meta.created);
    let newest = events
        .filter(|event| reasons.contains(&&*event.reason))
        .last()?;
    is_recent(view, newest).then_some(newest)
}

/// True when the Event was seen within [`RECENT`].
pub(crate) fn is_recent(view: &View<'_>, event: &Event) -> bool {
    event
        .last_seen
        .is_some_and(|at| is_within(view.now(), at, RECENT))
}
