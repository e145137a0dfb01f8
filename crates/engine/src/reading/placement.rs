//! Pods that no node takes, by predicate: the grammar of FailedScheduling.

mod weights;

use dogwatch_model::{
    Evidence, Kind, Severity, Source,
    snapshot::{Event, Pod},
};
use jiff::Timestamp;

use super::Pattern;
use crate::{
    check::{Report, Subject},
    cite,
    view::{Suspect, View},
};

/// Why nodes were turned down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Predicate {
    InsufficientCpu,
    InsufficientMemory,
    InsufficientEphemeralStorage,
    InsufficientExtendedResource,
    TooManyPods,
    UntoleratedTaint,
    Cordoned,
    NodeAffinity,
    PodAffinity,
    PodAntiAffinity,
    TopologySpread,
    HostPort,
    VolumeZone,
    PvNodeAffinity,
    PvcUnbound,
    PvcMissing,
    PvcDeleting,
    PvcLostPv,
    PvNoneToBind,
    StorageCapacity,
    DiskConflict,
    EphemeralClaim,
    RwopInUse,
    VolumeCount,
    NoNodes,
    /// A plugin waits for the other Pods of a group.
    Gang,
    Unclassified,
}

/// One reason of a FailedScheduling message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) predicate: Predicate,
    /// Nodes turned down for it; 0 when the message has no counts.
    pub(crate) nodes: u32,
    /// The scheduler's words.
    pub(crate) words: String,
    /// The resource, claim or taint that the words name.
    pub(crate) name: String,
}

/// One Pod that is not placed.
#[derive(Debug)]
pub(crate) struct Unplaced<'a> {
    pub(crate) suspect: Suspect<'a>,
    /// All nodes that were tried.
    pub(crate) nodes: u32,
    pub(crate) reasons: Vec<Reason>,
    /// What the scheduler says of Pods that would have to go, when that does not help.
    pub(crate) preemption: Option<String>,
    /// Reasons that are not decisive: without one of them alone no node would take the Pod either,
    /// and another one would do. Each with a fact that shows it.
    pub(crate) idle: Vec<(Predicate, Evidence)>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) evidence: Vec<Evidence>,
}

static PREFIX: Pattern = Pattern::new(r"^(?P<ready>\d+)/(?P<nodes>\d+) nodes are (?:un)?available");
static RESOURCE: Pattern = Pattern::new(r"^Insufficient (?P<name>\S+)$");
static TAINT: Pattern = Pattern::new(r"taint \{(?P<key>[^:}]+)");
static QUOTED: Pattern = Pattern::new(r#""(?P<name>[^"]+)""#);

/// Reads a message of the scheduler. The tail about preemption is cut.
pub(crate) fn parse(message: &str) -> (u32, Vec<Reason>) {
    let head = without_tail(message);
    let Some(found) = PREFIX.get().captures(head) else {
        let words = head.trim_end_matches('.');
        return (
            0,
            if words.is_empty() {
                Vec::new()
            } else {
                vec![reason(0, words)]
            },
        );
    };
    let nodes: u32 = found["nodes"].parse().unwrap_or(0);
    if nodes == 0 {
        return (0, vec![reason(0, "no nodes available to schedule pods")]);
    }
    let list = head[found[0].len()..]
        .trim_start_matches([':', ' '])
        .trim_end_matches('.');
    let reasons = split_items(list).map(|item| {
        let (count, words) = item.split_once(' ').unwrap_or(("", item));
        match count.parse() {
            Ok(count) => reason(count, words),
            Err(_) => reason(0, item),
        }
    });
    (nodes, reasons.collect())
}

/// What comes before the words of the plugins that were asked after all nodes were turned down:
/// those of preemption, and those that stand before them with a comma.
fn without_tail(message: &str) -> &str {
    let head = message.split(" preemption: ").next().unwrap_or_default();
    let head = head.trim();
    let tail = head.strip_suffix(',').and_then(|rest| rest.rfind(". "));
    tail.map_or(head, |at| &head[..at])
}

/// What the scheduler says of driving Pods out, when it does not do so: its reasons, the counts of
/// nodes left out.
fn preemption(message: &str) -> Option<String> {
    let (_, tail) = message.split_once(" preemption: ")?;
    let Some(found) = PREFIX.get().captures(tail) else {
        return Some(tail.trim_end_matches('.').to_owned());
    };
    let list = tail[found[0].len()..].trim_start_matches([':', ' ']);
    let mut words: Vec<&str> = split_items(list.trim_end_matches('.'))
        .map(|item| item.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' '))
        .collect();
    words.sort_unstable();
    words.dedup();
    Some(words.join(", "))
}

/// Splits at ", " only where a count follows: taint texts contain commas themselves.
fn split_items(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(list);
    std::iter::from_fn(move || {
        let text = rest?;
        let cut = text
            .match_indices(", ")
            .find(|(at, _)| text[at + 2..].starts_with(|c: char| c.is_ascii_digit()));
        let end = cut.map_or(text.len(), |(at, _)| at);
        rest = cut.map(|(at, _)| &text[at + 2..]);
        let item = &text[..end];
        Some(item.trim())
    })
    .filter(|item| !item.is_empty())
}

fn reason(nodes: u32, words: &str) -> Reason {
    let (predicate, name) = classify(words);
    Reason {
        predicate,
        nodes,
        words: words.to_owned(),
        name,
    }
}

/// Phrases of the default plugins, most specific first.
const PHRASES: &[(&str, Predicate)] = &[
    ("Too many pods", Predicate::TooManyPods),
    ("untolerated taint", Predicate::UntoleratedTaint),
    ("that the pod didn't tolerate", Predicate::UntoleratedTaint),
    ("were unschedulable", Predicate::Cordoned),
    ("volume node affinity conflict", Predicate::PvNodeAffinity),
    (
        "didn't match PersistentVolume's node affinity",
        Predicate::PvNodeAffinity,
    ),
    ("didn't match Pod's node affinity", Predicate::NodeAffinity),
    ("didn't match node selector", Predicate::NodeAffinity),
    (
        "didn't match scheduler-enforced node affinity",
        Predicate::NodeAffinity,
    ),
    (
        "didn't match the requested node name",
        Predicate::NodeAffinity,
    ),
    (
        "didn't satisfy plugin(s) [NodeAffinity",
        Predicate::NodeAffinity,
    ),
    (
        "didn't satisfy plugin NodeAffinity",
        Predicate::NodeAffinity,
    ),
    (
        "didn't satisfy plugin(s) [VolumeBinding",
        Predicate::PvNodeAffinity,
    ),
    ("didn't match pod affinity rules", Predicate::PodAffinity),
    (
        "didn't match pod anti-affinity rules",
        Predicate::PodAntiAffinity,
    ),
    (
        "didn't match pod affinity/anti-affinity",
        Predicate::PodAntiAffinity,
    ),
    ("existing pods anti-affinity", Predicate::PodAntiAffinity),
    ("topology spread constraints", Predicate::TopologySpread),
    ("didn't have free ports", Predicate::HostPort),
    ("no available volume zone", Predicate::VolumeZone),
    (
        "unbound immediate PersistentVolumeClaims",
        Predicate::PvcUnbound,
    ),
    ("is being deleted", Predicate::PvcDeleting),
    ("non-existent", Predicate::PvcLostPv),
    (
        "didn't find available persistent volumes to bind",
        Predicate::PvNoneToBind,
    ),
    (
        "did not have enough free storage",
        Predicate::StorageCapacity,
    ),
    ("had no available disk", Predicate::DiskConflict),
    (
        "waiting for ephemeral volume controller",
        Predicate::EphemeralClaim,
    ),
    ("ReadWriteOncePod access mode", Predicate::RwopInUse),
    ("exceed max volume count", Predicate::VolumeCount),
    ("no nodes available", Predicate::NoNodes),
    ("pod group is not ready", Predicate::Gang),
    ("tasks in gang unschedulable", Predicate::Gang),
    ("cannot find enough sibling pods", Predicate::Gang),
];

fn classify(words: &str) -> (Predicate, String) {
    let quoted = || QUOTED.capture(words, "name").unwrap_or_default().to_owned();
    if let Some(name) = RESOURCE.capture(words, "name") {
        let predicate = match name {
            "cpu" => Predicate::InsufficientCpu,
            "memory" => Predicate::InsufficientMemory,
            "ephemeral-storage" => Predicate::InsufficientEphemeralStorage,
            _ => Predicate::InsufficientExtendedResource,
        };
        return (predicate, name.to_owned());
    }
    if words.starts_with("persistentvolumeclaim") && words.ends_with("not found") {
        return (Predicate::PvcMissing, quoted());
    }
    let found = PHRASES.iter().find(|(phrase, _)| words.contains(phrase));
    let predicate = found.map_or(Predicate::Unclassified, |(_, predicate)| *predicate);
    let name = match predicate {
        Predicate::UntoleratedTaint => TAINT.capture(words, "key").unwrap_or_default().to_owned(),
        Predicate::PvcDeleting | Predicate::PvcLostPv => quoted(),
        _ => String::new(),
    };
    (predicate, name)
}

pub(crate) fn read<'a>(view: &View<'a>) -> Vec<Unplaced<'a>> {
    let waiting = view.suspects.iter();
    let mut all: Vec<Unplaced<'a>> = waiting
        .filter_map(|suspect| read_pod(view, suspect))
        .collect();
    weights::weigh(view.snapshot, &mut all);
    all
}

/// Only while the Pod is in fact unplaced: Events of a Pod that runs are stale.
fn read_pod<'a>(view: &View<'a>, suspect: &Suspect<'a>) -> Option<Unplaced<'a>> {
    let pod = suspect.pod;
    if !is_waiting(suspect) {
        return None;
    }
    let scheduled = pod.condition("PodScheduled");
    let event = view
        .pod_events(pod)
        .filter(|event| event.reason == "FailedScheduling" && is_of_scheduler(event, pod))
        .last();
    let said = scheduled
        .map(|condition| &*condition.message)
        .filter(|text| !text.is_empty());
    let message = said.or(event.map(|event: &Event| &*event.message))?;
    let (nodes, mut reasons) = parse(message);
    if scheduled.is_some_and(|known| known.reason == "SchedulerError") {
        // Words about a fault of the scheduler speak of no node.
        reasons.clear();
    }
    drop_other_nodes(pod, &mut reasons);
    let mut evidence = Vec::new();
    evidence.extend(scheduled.map(|condition| cite::condition(&suspect.object, condition)));
    evidence.extend(event.map(cite::event));
    Some(Unplaced {
        suspect: suspect.clone(),
        nodes,
        reasons,
        preemption: preemption(message),
        idle: Vec::new(),
        since: scheduled
            .and_then(|condition| condition.since)
            .or(pod.begun()),
        evidence,
    })
}

/// Autoscalers use the same reason for their own decisions.
fn is_of_scheduler(event: &Event, pod: &Pod) -> bool {
    let component = &event.component;
    component.is_empty() || component.contains("scheduler") || *component == pod.spec.scheduler_name
}

/// A Pod of a DaemonSet is meant for one node: that the others do not match is no reason.
fn drop_other_nodes(pod: &Pod, reasons: &mut Vec<Reason>) {
    let is_pinned = pod
        .meta
        .controller()
        .is_some_and(|owner| owner.kind == Kind::DaemonSet.name());
    let is_other = |reason: &Reason| reason.predicate == Predicate::NodeAffinity;
    if is_pinned && !reasons.iter().all(is_other) {
        reasons.retain(|reason| !is_other(reason));
    }
}

/// Reports every unplaced Pod that the predicate holds back.
pub(crate) fn report(view: &View<'_>, predicate: Predicate, report: &mut Report<'_>) {
    for (unplaced, reason) in with(view, predicate) {
        report.found_all(subject(unplaced, reason), unplaced.evidence.iter().cloned());
    }
    undecided(view, report);
}

/// Pods that wait for a node while neither their condition nor an Event says why.
pub(crate) fn undecided(view: &View<'_>, report: &mut Report<'_>) {
    let has_events = view.has_events();
    for suspect in view.suspects.iter().filter(|suspect| is_waiting(suspect)) {
        let is_known = view
            .unplaced
            .iter()
            .any(|unplaced| unplaced.suspect.pod.meta.uid == suspect.pod.meta.uid);
        if !is_known && !has_events {
            report.undecided(suspect.object.clone(), Source::Objects(Kind::Event));
        }
    }
}

/// True while a Pod has no node and is not held back on purpose.
pub(crate) fn is_waiting(suspect: &Suspect<'_>) -> bool {
    let pod = suspect.pod;
    let scheduled = pod.condition("PodScheduled");
    pod.node.is_empty()
        && !pod.is_finished()
        && !pod.meta.is_terminating()
        && !scheduled.is_some_and(|known| known.is_true() || known.reason == "SchedulingGated")
}

/// Unplaced Pods that a predicate holds back, with each reason: two taints are two reasons.
pub(crate) fn with<'v, 'a>(
    view: &'v View<'a>,
    predicate: Predicate,
) -> impl Iterator<Item = (&'v Unplaced<'a>, &'v Reason)> {
    view.unplaced.iter().flat_map(move |unplaced| {
        unplaced
            .reasons
            .iter()
            .filter(move |reason| reason.predicate == predicate)
            .map(move |reason| (unplaced, reason))
    })
}

/// The scheduler's words and on how many nodes they hold.
pub(crate) fn words(unplaced: &Unplaced<'_>, reason: &Reason) -> String {
    match (reason.nodes, unplaced.nodes) {
        (0, _) | (_, 0) => reason.words.clone(),
        (count, all) => format!("{} on {count} of {all} nodes", reason.words),
    }
}

/// What a finding about one predicate is about.
pub(crate) fn subject(unplaced: &Unplaced<'_>, reason: &Reason) -> Subject {
    let subject = Subject::of(unplaced.suspect.object.clone())
        .detail(words(unplaced, reason))
        .since(unplaced.since);
    let mut idle = unplaced.idle.iter();
    match idle.find(|(predicate, _)| *predicate == reason.predicate) {
        Some((_, fact)) => subject.severity(Severity::Info).against([fact.clone()]),
        None => subject,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, nodes: u32, expected: &[(u32, Predicate, &str)]) {
        let (all, reasons) = parse(message);
        assert_eq!(all, nodes, "{message}");
        let got: Vec<(u32, Predicate, &str)> = reasons
            .iter()
            .map(|reason| (reason.nodes, reason.predicate, &*reason.name))
            .collect();
        assert_eq!(got, expected, "{message}");
    }

    #[test]
    fn counted_reasons() {
        check(
            "0/4 nodes are available: 1 node(s) didn't have free ports for the requested pod \
             ports, 3 node(s) had untolerated taint {node.cluster.x-k8s.io/uninitialized: }. \
             preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.",
            4,
            &[
                (1, Predicate::HostPort, ""),
                (
                    3,
                    Predicate::UntoleratedTaint,
                    "node.cluster.x-k8s.io/uninitialized",
                ),
            ],
        );
        check(
            "0/3 nodes are available: 1 Insufficient cpu, 2 Insufficient nvidia.com/gpu.",
            3,
            &[
                (1, Predicate::InsufficientCpu, "cpu"),
                (2, Predicate::InsufficientExtendedResource, "nvidia.com/gpu"),
            ],
        );
        check(
            "0/2 nodes are available: 2 node(s) had taint {a: b, c}, that the pod didn't tolerate.",
            2,
            &[(2, Predicate::UntoleratedTaint, "a")],
        );
    }

    #[test]
    fn prefilter_messages_have_no_counts() {
        check(
            "persistentvolumeclaim \"data-0\" not found",
            0,
            &[(0, Predicate::PvcMissing, "data-0")],
        );
        check(
            "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: \
             0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
            1,
            &[(0, Predicate::PvcUnbound, "")],
        );
        check(
            "no nodes available to schedule pods",
            0,
            &[(0, Predicate::NoNodes, "")],
        );
        check("", 0, &[]);
    }

    #[test]
    fn words_of_other_plugins_after_the_reasons_are_cut() {
        check(
            "0/4 nodes are available: 1 node(s) didn't satisfy plugin(s) [NodeAffinity], 3 \
             Insufficient cpu. no new claims to deallocate, preemption: 0/4 nodes are available: 4 \
             Preemption is not helpful for scheduling.",
            4,
            &[
                (1, Predicate::NodeAffinity, ""),
                (3, Predicate::InsufficientCpu, "cpu"),
            ],
        );
    }
}
