//! Nodes that came and went, were cordoned, tainted, restarted or changed their state.

use std::collections::BTreeMap;

use dogwatch_model::{
    Kind, ObjectRef, Source,
    redaction::redact,
    snapshot::{Event, Node, Taint},
};
use jiff::{SignedDuration, Timestamp};

use super::{Act, Change, ChangeSource, FieldChange, is_late};
use crate::{cite, view::View};

/// The taint of a cordoned Node.
const CORDONED: &str = "node.kubernetes.io/unschedulable";

/// States that a new Node takes on in its first moments are no changes.
const MAKING: SignedDuration = SignedDuration::from_secs(120);

/// Events with which the node controllers say that a Node is gone.
const GONE: &[&str] = &["RemovingNode", "DeletingNode"];

/// Characters kept of the words of an Event.
const MAX_WORDS: usize = 120;

/// Everything that changed about Nodes in the last day.
pub(super) fn changes(view: &View<'_>) -> Vec<Change> {
    let now = view.now();
    let gone = gone(view);
    let mut changes = Vec::new();
    for node in &view.snapshot.nodes {
        changes.extend(created(node, gone.get(&*node.meta.name).copied()));
        changes.extend(cordoned(view, node));
        changes.extend(node.spec.taints.iter().filter_map(|it| tainted(node, it)));
        changes.extend(conditions(node));
        changes.extend(restarts(view, node));
    }
    changes.extend(lost(view, &gone));
    changes.retain(|change| change.at.is_some_and(|at| is_late(now, at)));
    changes
}

fn of(node: &Node, at: Option<Timestamp>, fields: Vec<FieldChange>) -> Change {
    let object = cite::object(Kind::Node, &node.meta);
    Change::of(ChangeSource::Node, Act::Updated, object)
        .at(at)
        .with_fields(fields)
}

/// The last Event that says that a Node of this name is gone.
fn gone<'a>(view: &View<'a>) -> BTreeMap<&'a str, &'a Event> {
    let mut gone: BTreeMap<&str, &Event> = BTreeMap::new();
    let events = view.snapshot.events.iter();
    for event in events.filter(|event| event.involved.kind == "Node") {
        let known = gone.get(&*event.involved.name);
        let is_newer = known.is_none_or(|known| known.last_seen < event.last_seen);
        if GONE.contains(&&*event.reason) && is_newer {
            gone.insert(&event.involved.name, event);
        }
    }
    gone
}

/// A Node that is new, perhaps in the place of one of the same name.
fn created(node: &Node, gone: Option<&Event>) -> Option<Change> {
    let at = node.meta.created?;
    let mut change = of(node, Some(at), Vec::new());
    change.act = Act::Created;
    let before = gone.filter(|event| event.last_seen.is_some_and(|seen| seen <= at));
    if let Some(event) = before {
        let (old, new) = (event.involved.uid.as_str(), node.meta.uid.as_str());
        change.fields = vec![FieldChange::new("metadata.uid", old, new)];
    }
    Some(change)
}

/// Nodes that somebody said were removed and that are not there.
fn lost(view: &View<'_>, gone: &BTreeMap<&str, &Event>) -> Vec<Change> {
    let snapshot = view.snapshot;
    if !snapshot.ledger.is_complete(Source::Objects(Kind::Node)) {
        return Vec::new();
    }
    let lost = gone
        .iter()
        .filter(|(name, _)| snapshot.node(name).is_none());
    lost.map(|(name, event)| {
        let object = ObjectRef::named(Kind::Node, "", name);
        Change::of(ChangeSource::Node, Act::Deleted, object).at(event.last_seen)
    })
    .collect()
}

fn cordoned(view: &View<'_>, node: &Node) -> Option<Change> {
    if !node.spec.unschedulable {
        return None;
    }
    let object = cite::object(Kind::Node, &node.meta);
    let writes = view.snapshot.edited(&object);
    let write = writes.and_then(|writes| {
        let mut edits = writes.edits.iter();
        edits.find(|edit| edit.fields.iter().any(|path| path == "spec.unschedulable"))
    });
    let tainted = node.taint(CORDONED).and_then(|taint| taint.time_added);
    let events = view.snapshot.events.iter();
    let said = events
        .filter(|event| {
            let about = &event.involved;
            about.kind == "Node"
                && about.name == *node.meta.name
                && event.reason == "NodeNotSchedulable"
        })
        .filter_map(|event| event.first_seen.or(event.last_seen))
        .max();
    let at = tainted.or(write.map(|edit| edit.at)).or(said);
    let field = FieldChange::new("spec.unschedulable", "", "true");
    let mut change = of(node, at, vec![field]);
    change.actor = write.map(|edit| edit.writer.to_string());
    Some(change)
}

fn tainted(node: &Node, taint: &Taint) -> Option<Change> {
    let at = taint.time_added.filter(|_| taint.key != CORDONED)?;
    let path = format!("spec.taints[{}:{}]", taint.key, taint.effect);
    let value = if taint.value.is_empty() {
        "present"
    } else {
        &taint.value
    };
    Some(of(node, Some(at), vec![FieldChange::new(path, "", value)]))
}

/// Conditions that changed after the Node was made.
fn conditions(node: &Node) -> Vec<Change> {
    let made = node.meta.created;
    let conditions = node.status.conditions.iter();
    let changed = conditions.filter(|condition| {
        let after = |made: Timestamp| condition.since.map(|since| since.duration_since(made));
        made.and_then(after).is_some_and(|after| after > MAKING)
    });
    changed
        .map(|condition| {
            let path = format!("status.conditions[{}].status", condition.kind);
            let before = format!("not {}", condition.status);
            let field = FieldChange::new(path, before, &*condition.status);
            of(node, condition.since, vec![field])
        })
        .collect()
}

/// Restarts of the machine and of its kubelet.
fn restarts(view: &View<'_>, node: &Node) -> Vec<Change> {
    let is_making = |event: &Event| {
        let seen = event.last_seen;
        node.meta
            .created
            .zip(seen)
            .is_some_and(|(made, seen)| seen.duration_since(made) <= MAKING)
    };
    let events =
        view.snapshot.events.iter().filter(|event| {
            event.involved.kind == "Node" && event.involved.name == *node.meta.name
        });
    events
        .filter(|event| !is_making(event))
        .filter_map(|event| {
            let path = match &*event.reason {
                "Rebooted" => "status.nodeInfo.bootID",
                "Starting" if event.component == "kubelet" => "kubelet",
                _ => return None,
            };
            let words: String = redact(&event.message).chars().take(MAX_WORDS).collect();
            let field = FieldChange::new(path, "", words);
            Some(of(node, event.last_seen, vec![field]))
        })
        .collect()
}
