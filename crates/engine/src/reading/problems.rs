//! Problems of nodes that an agent on the node found: node-problem-detector, its relatives, and the
//! kubelet. A condition counts as long as it stands; an Event only while it is fresh, no reboot came
//! after it, and no condition of the same problem says that it is over.

mod services;
mod table;

pub(crate) use table::*;

use dogwatch_model::{
    Evidence, Kind, ObjectRef,
    snapshot::{Condition, Event, Node},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    check::{Report, Subject},
    cite,
    view::{View, is_within},
};

/// An Event about a passing problem says nothing about a node that was quiet for longer.
pub(crate) const RECENT: SignedDuration = SignedDuration::from_mins(15);

/// How one problem shows.
#[derive(Debug)]
pub(crate) struct Problem {
    /// Condition types with the status that is bad.
    pub(crate) conditions: &'static [(&'static str, &'static str)],
    /// Units of the init system, where somebody looked at the node itself.
    pub(crate) units: &'static [&'static str],
    /// Reasons of Events.
    pub(crate) events: &'static [&'static str],
    /// How often they must have come lately.
    pub(crate) times: i64,
}

/// A problem of one node.
#[derive(Debug)]
pub(crate) struct Hit<'a> {
    pub(crate) detail: &'a str,
    pub(crate) since: Option<Timestamp>,
    pub(crate) evidence: Vec<Evidence>,
}

impl Hit<'_> {
    /// What a finding about it is about.
    pub(crate) fn subject(&self, object: &ObjectRef) -> Subject {
        Subject::of(object.clone())
            .detail(self.detail)
            .since(self.since)
    }
}

/// Reports every node that has the problem.
pub(crate) fn report(view: &View<'_>, problem: &Problem, report: &mut Report<'_>) {
    for node in &view.snapshot.nodes {
        let object = cite::object(Kind::Node, &node.meta);
        if let Some(hit) = read(view, node, problem) {
            report.found_all(hit.subject(&object), hit.evidence);
        }
    }
}

/// What a node says of one problem.
pub(crate) fn read<'a>(view: &View<'a>, node: &'a Node, problem: &Problem) -> Option<Hit<'a>> {
    let object = cite::object(Kind::Node, &node.meta);
    if let Some(hit) = services::stopped(view, node, problem.units) {
        return Some(hit);
    }
    let known = problem
        .conditions
        .iter()
        .filter_map(|(kind, bad)| Some((node.condition(kind)?, *bad)));
    let known: Vec<(&Condition, &str)> = known.collect();
    let bad = known.iter().find(|(known, bad)| known.status == *bad);
    let events = recent(view, node, problem.events);
    let Some((condition, _)) = bad else {
        let count: i64 = events.iter().map(|event| event.count.max(1)).sum();
        let newest = events.last().filter(|_| count >= problem.times)?;
        // Whoever writes a condition of this type says that the problem is over.
        return known.is_empty().then(|| Hit {
            detail: &newest.reason,
            since: events.first().and_then(|event| event.first_seen),
            evidence: vec![cite::event(newest)],
        });
    };
    let said = cite::condition(&object, condition);
    Some(Hit {
        detail: &condition.kind,
        since: condition.since,
        evidence: [said]
            .into_iter()
            .chain(events.last().map(|event| cite::event(event)))
            .collect(),
    })
}

/// Fresh Events about a node with one of the reasons, oldest first; a reboot ends what came before.
pub(crate) fn recent<'a>(view: &View<'a>, node: &'a Node, reasons: &[&str]) -> Vec<&'a Event> {
    let rebooted = view
        .node_events(node)
        .filter(|event| event.reason == "Rebooted")
        .filter_map(|event| event.last_seen)
        .max();
    view.node_events(node)
        .filter(|event| reasons.contains(&&*event.reason))
        .filter(|event| {
            event
                .last_seen
                .is_some_and(|at| is_within(view.now(), at, RECENT) && Some(at) >= rebooted)
        })
        .collect()
}
