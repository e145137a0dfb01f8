//! The nodes with what is on them, new ones included.

use std::borrow::Cow;

use dogwatch_model::{
    Kind, Snapshot,
    snapshot::{Node, Pod, Taint},
    wire::{Labels, Text},
};

use super::Extra;

/// The label that tells nodes apart.
const HOSTNAME: &str = "kubernetes.io/hostname";

/// Taints of this prefix tell of a trouble of the one node.
const OWN_TAINTS: &str = "node.kubernetes.io/";

/// All nodes.
pub(super) struct World<'a> {
    /// Sorted by name; new nodes at the end.
    pub(super) places: Vec<Place<'a>>,
}

/// One node with what is on it.
pub(super) struct Place<'a> {
    pub(super) name: Text,
    pub(super) node: &'a Node,
    pub(super) labels: Cow<'a, Labels>,
    pub(super) taints: Vec<&'a Taint>,
    pub(super) is_cordoned: bool,
    /// Pods that hold room on it: bound and not at their end, those that terminate included.
    pub(super) pods: Vec<&'a Pod>,
    /// Pods for which room was made here.
    pub(super) nominated: Vec<&'a Pod>,
    /// It does not exist yet.
    pub(super) is_new: bool,
}

impl<'a> World<'a> {
    /// The nodes of a snapshot, and the new ones.
    pub(super) fn new(snapshot: &'a Snapshot, extra: &[Extra<'a>]) -> Self {
        let mut places: Vec<Place<'a>> = snapshot.nodes.iter().map(Place::existing).collect();
        for pod in snapshot.pods.iter().filter(|pod| !pod.is_finished()) {
            if let Some(at) = position(&places, &pod.node) {
                places[at].pods.push(pod);
            } else if let Some(node) = pod.status.nominated_node_name.as_deref()
                && pod.node.is_empty()
                && let Some(at) = position(&places, node)
            {
                places[at].nominated.push(pod);
            }
        }
        let new: Vec<Place<'a>> = extra
            .iter()
            .flat_map(|extra| {
                let daemons = daemons(&places, extra.like);
                (1..=extra.count).map(move |number| Place::new(extra.like, &daemons, number))
            })
            .collect();
        places.extend(new);
        Self { places }
    }

    /// A node takes no more Pods, and these leave it.
    pub(super) fn leave(&mut self, node: &str, pods: &[&Pod]) {
        let Some(at) = position(&self.places, node) else {
            return;
        };
        let place = &mut self.places[at];
        place.is_cordoned = true;
        let leaves = |known: &Pod| pods.iter().any(|pod| core::ptr::eq(*pod, known));
        place.pods.retain(|known| !leaves(known));
    }

    /// Every Pod that holds room, with the position of its node.
    pub(super) fn pods(&self) -> impl Iterator<Item = (usize, &'a Pod)> {
        let places = self.places.iter().enumerate();
        places.flat_map(|(at, place)| place.pods.iter().map(move |pod| (at, *pod)))
    }
}

fn position(places: &[Place<'_>], node: &str) -> Option<usize> {
    if node.is_empty() {
        return None;
    }
    places
        .binary_search_by(|place| (*place.name).cmp(node))
        .ok()
}

/// Pods that every node of this kind has.
fn daemons<'a>(places: &[Place<'a>], like: &Node) -> Vec<&'a Pod> {
    let place = position(places, &like.meta.name).map(|at| &places[at]);
    let pods = place.into_iter().flat_map(|place| &place.pods);
    pods.filter(|pod| {
        pod.meta
            .controller()
            .is_some_and(|owner| owner.kind == Kind::DaemonSet.name())
    })
    .copied()
    .collect()
}

impl<'a> Place<'a> {
    fn existing(node: &'a Node) -> Self {
        Self {
            name: node.meta.name.clone(),
            node,
            labels: Cow::Borrowed(&node.meta.labels),
            taints: node.spec.taints.iter().collect(),
            is_cordoned: node.spec.unschedulable,
            pods: Vec::new(),
            nominated: Vec::new(),
            is_new: false,
        }
    }

    /// A node like another one, without the troubles of that one.
    fn new(like: &'a Node, daemons: &[&'a Pod], number: u32) -> Self {
        let name = Text::from(format!("{}+{number}", like.meta.name));
        let labels = like.meta.labels.iter().map(|(key, value)| {
            let value = if key == HOSTNAME { &*name } else { value };
            (Text::from(key), Text::from(value))
        });
        let labels = Cow::Owned(labels.collect());
        let taints = like.spec.taints.iter();
        Self {
            labels,
            name,
            node: like,
            taints: taints
                .filter(|taint| !taint.key.starts_with(OWN_TAINTS))
                .collect(),
            is_cordoned: false,
            pods: daemons.to_vec(),
            nominated: Vec::new(),
            is_new: true,
        }
    }
}
