//! Changes that the API server refused, as those say who wanted to make them.

use std::collections::BTreeSet;

use dogwatch_model::{
    Evidence, Kind, ObjectRef,
    snapshot::{Condition, Event},
};
use jiff::Timestamp;

use super::notes::RECENT;
use crate::{
    check::{Report, Subject},
    cite,
    view::{View, is_within},
};

/// One refused change.
#[derive(Debug)]
struct Refusal {
    /// Who wanted to change something, or what should have been changed.
    object: ObjectRef,
    since: Option<Timestamp>,
    fact: Evidence,
}

/// Reports every refusal in the words of the API server: conditions of releases and applications,
/// and recent Events. Each object is named once.
pub(crate) fn report(view: &View<'_>, words: &str, report: &mut Report<'_>) {
    let mut seen = BTreeSet::new();
    for refusal in in_conditions(view, words).chain(in_events(view, words)) {
        if seen.insert(refusal.object.clone()) {
            let subject = Subject::of(refusal.object).since(refusal.since);
            report.found(subject, refusal.fact, None);
        }
    }
}

fn in_conditions<'v>(view: &'v View<'_>, words: &'v str) -> impl Iterator<Item = Refusal> + 'v {
    let customs = view.snapshot.customs.iter();
    customs
        .filter(|custom| !custom.meta.is_terminating())
        .filter_map(move |custom| {
            let mut conditions = custom.conditions.iter();
            let says_so = |known: &&Condition| known.message.contains(words) && is_bad(known);
            let condition = conditions.find(says_so)?;
            let object = cite::object(custom.kind, &custom.meta);
            Some(Refusal {
                fact: cite::condition(&object, condition),
                since: condition.since,
                object,
            })
        })
}

/// Most types say what is well; some say what is wrong.
fn is_bad(condition: &Condition) -> bool {
    let is_negative = ["Failed", "Failure", "Error", "Stalled"]
        .iter()
        .any(|word| condition.kind.contains(word));
    condition.is_true() == is_negative
}

fn in_events<'v>(view: &'v View<'_>, words: &'v str) -> impl Iterator<Item = Refusal> + 'v {
    let now = view.now();
    let is_recent = move |event: &&Event| {
        let seen = event.last_seen;
        event.kind == "Warning" && seen.is_some_and(|at| is_within(now, at, RECENT))
    };
    let events = view.snapshot.events.iter().filter(is_recent);
    events
        .filter(move |event| event.message.contains(words))
        .filter_map(|event| {
            let about = &event.involved;
            Some(Refusal {
                object: ObjectRef {
                    kind: Kind::of_object(&about.kind)?,
                    namespace: about.namespace.clone(),
                    name: about.name.clone(),
                    uid: about.uid.clone(),
                },
                since: event.first_seen,
                fact: cite::event(event),
            })
        })
}
