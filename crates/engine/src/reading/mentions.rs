//! Words of the control plane, quoted by whoever ran into them: in fresh Events, in conditions of
//! custom resources, and in logs of Pods that are not well or belong to the control plane.

mod words;

pub(crate) use words::Words;

use std::collections::BTreeSet;

use dogwatch_model::{
    Evidence, EvidenceSource, Kind, ObjectRef, Uid,
    snapshot::{Event, LogExcerpt, Pod},
};
use jiff::{SignedDuration, Timestamp};

use super::conditions;
use crate::{
    check::{Report, Subject},
    cite,
    view::{View, is_within},
};

/// What was told longer ago may be over.
const RECENT: SignedDuration = SignedDuration::from_mins(15);

/// Lines looked at from the end of a log.
const MAX_LINES: usize = 100;

/// One object that ran into it.
#[derive(Debug)]
pub(crate) struct Mention {
    pub(crate) words: Words,
    pub(crate) object: ObjectRef,
    /// The name that the words hold, if any.
    pub(crate) detail: String,
    pub(crate) since: Option<Timestamp>,
    /// How often it was told.
    pub(crate) times: i64,
    /// Some objects tell it all the time in their logs; an Event or a condition is told for a reason.
    pub(crate) is_log: bool,
    pub(crate) evidence: Evidence,
}

pub(crate) fn read(view: &View<'_>) -> Vec<Mention> {
    let snapshot = view.snapshot;
    let mut mentions = Vec::new();
    let unwell: BTreeSet<&Uid> = view
        .suspects
        .iter()
        .map(|suspect| &suspect.pod.meta.uid)
        .collect();
    for event in snapshot
        .events
        .iter()
        .filter(|event| !event.involved.name.is_empty())
    {
        let is_fresh = event
            .last_seen
            .is_some_and(|at| is_within(view.now(), at, RECENT));
        if is_fresh
            && let Some((words, detail)) = words::classify(&event.message)
            && (stays(words) || !is_over(view, event))
        {
            add(&mut mentions, of_event(event, words, detail));
        }
    }
    read_conditions(view, &mut mentions);
    for log in &snapshot.logs {
        if let Some(pod) = speaker(view, &unwell, log) {
            read_log(pod, log, &mut mentions);
        }
    }
    mentions
}

fn read_conditions(view: &View<'_>, mentions: &mut Vec<Mention>) {
    for object in view
        .snapshot
        .customs
        .iter()
        .filter(|known| conditions::is_ours(known))
    {
        for condition in &object.conditions {
            let Some((words, detail)) = words::classify(&condition.message) else {
                continue;
            };
            let reference = cite::object(object.kind, &object.meta);
            let evidence = cite::condition(&reference, condition);
            add(
                mentions,
                Mention {
                    words,
                    object: reference,
                    detail,
                    since: condition.since,
                    times: 1,
                    is_log: false,
                    evidence,
                },
            );
        }
    }
}

/// True for refusals of a change: the object is well as it was before, and the change is still due.
fn stays(words: Words) -> bool {
    matches!(words, Words::ImmutableField | Words::NoSuchKind)
}

/// True when the object that ran into it is as it should be now: it tried again and it worked.
fn is_over(view: &View<'_>, event: &Event) -> bool {
    let uid = &event.involved.uid;
    match &*event.involved.kind {
        "Pod" => view.snapshot.pod(uid).is_some_and(Pod::is_ready),
        "ReplicaSet" => {
            let mut sets = view.snapshot.replica_sets.iter();
            let set = sets.find(|set| set.meta.uid == *uid);
            set.is_some_and(|set| set.status.replicas >= set.desired())
        }
        "Deployment" | "StatefulSet" | "DaemonSet" => {
            let mut rollouts = view.rollouts.iter();
            let rollout = rollouts.find(|rollout| rollout.meta().uid == *uid);
            rollout.is_some_and(|rollout| {
                let counters = rollout.counters;
                counters.ready >= rollout.desired && counters.updated >= rollout.desired
            })
        }
        _ => false,
    }
}

fn of_event(event: &Event, words: Words, detail: String) -> Mention {
    let evidence = cite::event(event);
    Mention {
        words,
        object: evidence.object.clone(),
        detail,
        since: event.first_seen.or(event.last_seen),
        times: event.count.max(1),
        is_log: false,
        evidence,
    }
}

/// The Pod of a log that counts: one that is not well now, or one of the control plane.
fn speaker<'a>(view: &View<'a>, unwell: &BTreeSet<&Uid>, log: &LogExcerpt) -> Option<&'a Pod> {
    let pods = &view.snapshot.pods;
    let at = pods.binary_search_by(|pod| {
        let place = (&*pod.meta.namespace, &*pod.meta.name);
        place.cmp(&(&*log.key.namespace, &*log.key.pod))
    });
    let pod = &pods[at.ok()?];
    let is_meant = super::control_plane::is_component(pod) || unwell.contains(&pod.meta.uid);
    is_meant.then_some(pod)
}

fn read_log(pod: &Pod, log: &LogExcerpt, mentions: &mut Vec<Mention>) {
    let start = log.lines.len().saturating_sub(MAX_LINES);
    for line in &log.lines[start..] {
        let Some((words, detail)) = words::classify(line) else {
            continue;
        };
        let object = cite::pod(pod);
        let evidence = cite::log(&object, log, line);
        add(
            mentions,
            Mention {
                words,
                object,
                detail,
                since: None,
                times: 1,
                is_log: true,
                evidence,
            },
        );
    }
}

/// Mentions of one object in one way count as one; the latest is quoted.
fn add(mentions: &mut Vec<Mention>, new: Mention) {
    let known = mentions.iter_mut().rev().take(64).find(|known| {
        known.words == new.words
            && known.object == new.object
            && known.is_log == new.is_log
            && known.detail == new.detail
    });
    match known {
        Some(known) => {
            known.times += new.times;
            known.since = known.since.min(new.since);
            known.evidence = new.evidence;
        }
        None => mentions.push(new),
    }
}

/// Mentions of one kind.
pub(crate) fn of<'a>(view: &'a View<'_>, words: Words) -> impl Iterator<Item = &'a Mention> {
    view.mentions
        .iter()
        .filter(move |known| known.words == words)
}

/// Objects that may have a finding each; more of them have one in common.
const MAX_OBJECTS: usize = 3;

/// Reports a trouble of the whole cluster: objects that ran into it at least so often in their own
/// log, or that were told so by Events, all together. A condition stands for as long as it is so.
pub(crate) fn report(view: &View<'_>, words: Words, often: i64, report: &mut Report<'_>) {
    for mention in of(view, words).filter(|known| known.is_log && known.times >= often) {
        report.found(subject(mention), mention.evidence.clone(), None);
    }
    let told: Vec<&Mention> = of(view, words).filter(|known| !known.is_log).collect();
    let times: i64 = told.iter().map(|known| known.times).sum();
    let is_condition = |known: &&Mention| known.evidence.source == EvidenceSource::Status;
    if times < often && !told.iter().any(is_condition) {
        return;
    }
    if told.len() <= MAX_OBJECTS {
        for mention in told {
            report.found(subject(mention), mention.evidence.clone(), None);
        }
        return;
    }
    // Everybody runs into it: then it is the API server that everybody asks.
    let subject = Subject::of(ObjectRef::named(Kind::Service, "default", "kubernetes"))
        .detail(format!("{} objects", told.len()))
        .since(told.iter().filter_map(|known| known.since).min());
    report.found_all(subject, told.iter().map(|known| known.evidence.clone()));
}

/// What a finding about a mention is about.
pub(crate) fn subject(mention: &Mention) -> Subject {
    Subject::of(mention.object.clone())
        .detail(mention.detail.clone())
        .since(mention.since)
}

/// True for Events about image pulls and webhook calls, which have findings of their own.
pub(crate) fn is_told_elsewhere(mention: &Mention) -> bool {
    let fact = &mention.evidence;
    let is_pull = fact.object.kind == Kind::Pod && super::is_pull_reason(&fact.field);
    is_pull || fact.value.contains("failed calling webhook") || fact.value.contains("pull image")
}
