//! How many volumes of a driver a node has, and how many it may have.

use std::collections::{BTreeMap, BTreeSet};

use dogwatch_model::{
    Snapshot,
    snapshot::{CsiNode, Pod},
    wire::Text,
};

use super::claims::{Claim, class_name, handle};
use crate::capacity::{
    obstacle::Obstacle,
    world::{Place, World},
};

/// Volumes of each node whose drivers have a limit.
pub(super) struct Attached<'a> {
    nodes: Vec<Option<Drivers<'a>>>,
}

struct Drivers<'a> {
    limits: BTreeMap<&'a str, i64>,
    /// Driver and handle of what is attached.
    volumes: BTreeSet<(Text, Text)>,
}

impl<'a> Attached<'a> {
    /// Counts what is attached, when that matters.
    pub(super) fn new(snapshot: &'a Snapshot, world: &World<'a>, matters: bool) -> Self {
        let places = world.places.iter();
        let nodes = places.map(|place| Drivers::of(snapshot, place).filter(|_| matters));
        Self {
            nodes: nodes.collect(),
        }
    }

    /// The driver that attaches no further volume to the node.
    pub(super) fn obstacle(
        &self,
        claims: &[Claim<'_>],
        taken: &BTreeSet<(usize, Text, Text)>,
        place: usize,
    ) -> Option<Obstacle> {
        let drivers = self.nodes[place].as_ref()?;
        let taken = taken.iter().filter(|(at, _, _)| *at == place);
        let taken = taken.map(|(_, driver, handle)| (driver.clone(), handle.clone()));
        let present: BTreeSet<(Text, Text)> =
            drivers.volumes.iter().cloned().chain(taken).collect();
        let new: BTreeSet<(Text, Text)> = claims
            .iter()
            .filter_map(Claim::attachment)
            .filter(|volume| !present.contains(volume))
            .collect();
        drivers.limits.iter().find_map(|(driver, allowed)| {
            let of = |volumes: &BTreeSet<(Text, Text)>| {
                let count = volumes
                    .iter()
                    .filter(|(known, _)| *known == **driver)
                    .count();
                i64::try_from(count).unwrap_or(i64::MAX)
            };
            let (attached, more) = (of(&present), of(&new));
            (more > 0 && attached.saturating_add(more) > *allowed).then(|| Obstacle::VolumeCount {
                driver: (*driver).into(),
                attached,
                allowed: *allowed,
            })
        })
    }
}

impl<'a> Drivers<'a> {
    fn of(snapshot: &'a Snapshot, place: &Place<'a>) -> Option<Self> {
        let node: &CsiNode = snapshot
            .csi_nodes
            .iter()
            .find(|node| node.meta.name == place.node.meta.name)?;
        let limits = node.spec.drivers.iter();
        let limits: BTreeMap<&str, i64> = limits
            .filter_map(|driver| Some((&*driver.name, driver.allocatable.count?)))
            .collect();
        if limits.is_empty() {
            return None;
        }
        let mut volumes: BTreeSet<(Text, Text)> = place
            .pods
            .iter()
            .flat_map(|pod| of_pod(snapshot, pod))
            .collect();
        if !place.is_new {
            volumes.extend(attachments(snapshot, &place.name));
        }
        Some(Self { limits, volumes })
    }
}

/// What the claims of a Pod attach.
fn of_pod<'a>(snapshot: &'a Snapshot, pod: &'a Pod) -> impl Iterator<Item = (Text, Text)> + 'a {
    let name = |volume: &str| Text::from(format!("{}-{volume}", pod.meta.name));
    let ephemeral = pod
        .spec
        .volumes
        .iter()
        .filter(|volume| volume.ephemeral.is_some());
    let names = pod.spec.claims().map(Text::from);
    let names: Vec<Text> = names
        .chain(ephemeral.map(|volume| name(&volume.name)))
        .collect();
    names.into_iter().filter_map(|name| {
        let claim = snapshot.claim(&pod.meta.namespace, &name)?;
        if !claim.spec.volume_name.is_empty() {
            return handle(snapshot.volume(&claim.spec.volume_name)?);
        }
        let class = snapshot.storage_class(&class_name(snapshot, &claim.spec))?;
        Some((class.provisioner.clone(), name))
    })
}

/// What is attached to a node by its VolumeAttachments.
fn attachments<'a>(
    snapshot: &'a Snapshot,
    node: &'a str,
) -> impl Iterator<Item = (Text, Text)> + 'a {
    let attachments = snapshot.attachments.iter();
    let here = attachments.filter(move |attachment| attachment.spec.node_name == *node);
    here.filter_map(|attachment| {
        let name = &attachment.spec.source.persistent_volume_name;
        handle(snapshot.volume(name)?)
    })
}
