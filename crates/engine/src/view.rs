//! A snapshot with everything derived once that several checks need.

use std::collections::BTreeMap;

use dogwatch_model::{
    Kind, ObjectRef, Snapshot, Source, Uid,
    snapshot::{Event, Node, Pod},
    wire::Text,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    cite,
    reading::{
        backends::Backends,
        complaints::{self, Complaint},
        contacts::{self, Contact},
        ends::{self, End},
        mentions::{self, Mention},
        mounts::{self, VolumeTrouble},
        placement::{self, Unplaced},
        policies::{self, Denial},
        probes::{self, ProbeTrouble},
        pulls::{self, Pull},
        rejections::{self, Rejection},
        sandboxes::{self, SandboxTrouble},
        starts::{self, StartTrouble},
    },
    rollout::{Rollout, rollouts},
};

/// Clocks of different components compare with this tolerance.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// A container that restarted this often within [`RECENT`] is looked at although it runs now.
const MANY_RESTARTS: i64 = 3;

/// A container whose last end is older than this counts as recovered.
const RECENT: SignedDuration = SignedDuration::from_hours(1);

/// A Pod that is not plainly well.
#[derive(Debug, Clone)]
pub struct Suspect<'a> {
    /// The Pod.
    pub pod: &'a Pod,
    /// Reference to it.
    pub object: ObjectRef,
    /// Index into [`View::rollouts`] of its workload.
    pub rollout: Option<usize>,
}

/// What the checks look at.
#[derive(Debug)]
pub struct View<'a> {
    /// The snapshot.
    pub snapshot: &'a Snapshot,
    /// Every workload with its versions and Pods.
    pub rollouts: Vec<Rollout<'a>>,
    /// Pods of the current version, of Jobs and of nobody that are not plainly well. Pods of an old
    /// version are no evidence about the new one and are left out, except the one that an ordered
    /// StatefulSet waits for.
    pub suspects: Vec<Suspect<'a>>,
    pub(crate) pulls: Vec<Pull<'a>>,
    pub(crate) starts: Vec<StartTrouble<'a>>,
    pub(crate) ends: Vec<End<'a>>,
    pub(crate) complaints: Vec<Complaint<'a>>,
    pub(crate) probes: Vec<ProbeTrouble<'a>>,
    pub(crate) unplaced: Vec<Unplaced<'a>>,
    pub(crate) volumes: Vec<VolumeTrouble<'a>>,
    pub(crate) sandboxes: Vec<SandboxTrouble<'a>>,
    pub(crate) rejections: Vec<Rejection>,
    pub(crate) mentions: Vec<Mention>,
    /// Services with the Pods behind them.
    pub(crate) backends: Backends<'a>,
    /// Whom Pods fail to reach, as they say themselves.
    pub(crate) contacts: Vec<Contact<'a>>,
    /// Contacts that a NetworkPolicy forbids.
    pub(crate) denials: Vec<Denial<'a>>,
    versions: BTreeMap<&'a Uid, (usize, bool)>,
    rollouts_by_name: BTreeMap<(Kind, Text, Text), usize>,
    node_events: BTreeMap<&'a str, Vec<&'a Event>>,
}

impl<'a> View<'a> {
    /// Derives everything from a snapshot.
    pub fn new(snapshot: &'a Snapshot) -> Self {
        let rollouts = rollouts(snapshot);
        let versions = versions(&rollouts);
        let suspects = suspects(snapshot, &rollouts, &versions);
        let mut view = Self {
            snapshot,
            rollouts,
            suspects,
            pulls: Vec::new(),
            starts: Vec::new(),
            ends: Vec::new(),
            complaints: Vec::new(),
            probes: Vec::new(),
            unplaced: Vec::new(),
            volumes: Vec::new(),
            sandboxes: Vec::new(),
            rejections: Vec::new(),
            mentions: Vec::new(),
            backends: Backends::of(snapshot),
            contacts: Vec::new(),
            denials: Vec::new(),
            versions,
            rollouts_by_name: BTreeMap::new(),
            node_events: node_events(snapshot),
        };
        view.rollouts_by_name = view
            .rollouts
            .iter()
            .enumerate()
            .map(|(at, rollout)| {
                let object = &rollout.object;
                let key = (object.kind, object.namespace.clone(), object.name.clone());
                (key, at)
            })
            .collect();
        view.pulls = pulls::read(&view);
        view.starts = starts::read(&view);
        view.ends = ends::read(&view);
        view.complaints = complaints::read(&view);
        view.probes = probes::read(&view);
        view.unplaced = placement::read(&view);
        view.volumes = mounts::read(&view);
        view.sandboxes = sandboxes::read(&view);
        view.rejections = rejections::read(&view);
        view.mentions = mentions::read(&view);
        view.contacts = contacts::read(&view);
        view.denials = policies::read(&view);
        view
    }

    /// The engine's only clock.
    pub fn now(&self) -> Timestamp {
        self.snapshot.captured_at
    }

    /// True when Events were read, even if only in part.
    pub fn has_events(&self) -> bool {
        self.snapshot.ledger.has(Source::Objects(Kind::Event))
    }

    /// Events about this incarnation of a Pod, oldest first. Events that are older than the Pod are
    /// about a namesake.
    pub fn pod_events(&self, pod: &'a Pod) -> impl Iterator<Item = &'a Event> + use<'a> {
        self.events_since(&pod.meta.uid, pod.meta.created)
    }

    /// Events about one incarnation that are not older than `begun`.
    pub fn events_since(
        &self,
        uid: &Uid,
        begun: Option<Timestamp>,
    ) -> impl Iterator<Item = &'a Event> + use<'a> {
        self.snapshot
            .events_of(uid)
            .iter()
            .filter(move |event| not_before(event.last_seen, begun))
    }

    /// Events about this incarnation of a Node, oldest first (rule R2): kubelets write the name of
    /// the Node where its UID belongs, or nothing.
    pub fn node_events(&self, node: &'a Node) -> impl Iterator<Item = &'a Event> + use<'a> {
        let known = self.node_events.get(&*node.meta.name);
        let known: Vec<&'a Event> = known.cloned().unwrap_or_default();
        known.into_iter().filter(move |event| {
            let uid = &event.involved.uid;
            let is_meant =
                uid.is_empty() || *uid == node.meta.uid || *uid.as_str() == *node.meta.name;
            is_meant && not_before(event.last_seen, node.meta.created)
        })
    }

    /// The workload of a Pod.
    pub fn rollout_of(&self, pod: &Pod) -> Option<&Rollout<'a>> {
        let (index, _) = self.versions.get(&pod.meta.uid)?;
        self.rollouts.get(*index)
    }

    /// True when the Pod belongs to an older version of its workload.
    pub fn is_old_version(&self, pod: &Pod) -> bool {
        self.versions
            .get(&pod.meta.uid)
            .is_some_and(|(_, is_new)| !is_new)
    }

    /// The rollout of a workload.
    pub fn rollout(&self, object: &ObjectRef) -> Option<&Rollout<'a>> {
        let key = |known: &ObjectRef| (known.kind, known.namespace.clone(), known.name.clone());
        let at = self.rollouts_by_name.get(&key(object))?;
        self.rollouts.get(*at)
    }
}

/// True when `at` is not before `begun`, within the clock tolerance. Unknown times count as inside:
/// the UID already tied the Event to this incarnation.
pub(crate) fn not_before(at: Option<Timestamp>, begun: Option<Timestamp>) -> bool {
    match (at, begun) {
        (Some(at), Some(begun)) => begun.duration_since(at) <= CLOCK_TOLERANCE,
        _ => true,
    }
}

/// True when `at` lies at most `span` back. A time ahead of the clock, beyond the tolerance, is of
/// another recording and tells nothing.
pub(crate) fn is_within(now: Timestamp, at: Timestamp, span: SignedDuration) -> bool {
    let age = now.duration_since(at);
    age <= span && age >= -CLOCK_TOLERANCE
}

/// Events about Nodes by the name of the Node, oldest first: they carry no single UID to find them by.
fn node_events(snapshot: &Snapshot) -> BTreeMap<&str, Vec<&Event>> {
    let mut by_name: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    for event in &snapshot.events {
        if event.involved.kind == "Node" {
            by_name.entry(&event.involved.name).or_default().push(event);
        }
    }
    for events in by_name.values_mut() {
        events.sort_by_key(|event| event.last_seen);
    }
    by_name
}

fn versions<'a>(rollouts: &[Rollout<'a>]) -> BTreeMap<&'a Uid, (usize, bool)> {
    let mut versions = BTreeMap::new();
    for (index, rollout) in rollouts.iter().enumerate() {
        let new = rollout.new_pods.iter().map(|pod| (*pod, true));
        let old = rollout.old_pods.iter().map(|pod| (*pod, false));
        for (pod, is_new) in new.chain(old).filter(|(pod, _)| !pod.meta.uid.is_empty()) {
            versions.insert(&pod.meta.uid, (index, is_new));
        }
    }
    versions
}

fn suspects<'a>(
    snapshot: &'a Snapshot,
    rollouts: &[Rollout<'a>],
    versions: &BTreeMap<&'a Uid, (usize, bool)>,
) -> Vec<Suspect<'a>> {
    let now = snapshot.captured_at;
    let blockers: Vec<&Uid> = rollouts
        .iter()
        .filter_map(|rollout| rollout.blocking_ordinal(now))
        .map(|pod| &pod.meta.uid)
        .collect();
    let mut suspects = Vec::new();
    for pod in snapshot.pods.iter().filter(|pod| is_suspicious(pod, now)) {
        let version = versions.get(&pod.meta.uid);
        let is_old = version.is_some_and(|(_, is_new)| !is_new);
        if is_old && !blockers.contains(&&pod.meta.uid) {
            continue;
        }
        let rollout = version.map(|(index, _)| *index);
        suspects.push(Suspect {
            pod,
            object: cite::pod(pod),
            rollout,
        });
    }
    suspects
}

/// True unless the Pod is plainly well: finished as wanted, or Ready without recent restarts.
fn is_suspicious(pod: &Pod, now: Timestamp) -> bool {
    if pod.status.phase == "Succeeded" {
        return false;
    }
    if !pod.is_ready() || pod.status.phase != "Running" {
        return true;
    }
    pod.container_statuses().any(|status| {
        status.restart_count >= MANY_RESTARTS
            && status
                .last_state
                .terminated
                .as_ref()
                .and_then(|end| end.finished_at)
                .is_some_and(|end| is_within(now, end, RECENT))
    })
}
