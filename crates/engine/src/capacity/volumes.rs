//! Claims and volumes: what a Pod mounts, and from which nodes that is reached.

mod attached;
mod claims;

use std::collections::{BTreeMap, BTreeSet};

use dogwatch_model::{
    Snapshot,
    snapshot::{PersistentVolume, StorageClass},
    wire::{Labels, Text},
};

use super::{
    Ask,
    obstacle::{Obstacle, Unplaceable},
    standing::selects,
    world::{Place, World},
};
use attached::Attached;
use claims::{Claim, Want};
pub(super) use claims::{class_name, has_any as has_claims};

/// Labels of volumes and nodes that name a zone or a region: old key, present key.
const ZONE_LABELS: [(&str, &str); 2] = [
    (
        "failure-domain.beta.kubernetes.io/zone",
        "topology.kubernetes.io/zone",
    ),
    (
        "failure-domain.beta.kubernetes.io/region",
        "topology.kubernetes.io/region",
    ),
];

/// Separates several zones in a label of a volume.
const ZONE_SEPARATOR: &str = "__";

/// Makes no volumes.
const NO_PROVISIONER: &str = "kubernetes.io/no-provisioner";

/// What is known of the volumes of the asked Pods.
pub(super) struct Volumes<'a> {
    snapshot: &'a Snapshot,
    ask: Ask<'a>,
    /// Claims that Pods on nodes use.
    in_use: BTreeSet<&'a str>,
    attached: Attached<'a>,
}

/// What the Pods that are placed have taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Taken<'a> {
    /// Volumes that claims were given.
    volumes: BTreeSet<&'a str>,
    /// Shared claims that got their volume by the first Pod, and on which node.
    settled: BTreeMap<Text, Settled<'a>>,
    /// Shared claims that the placed Pods use.
    used: BTreeSet<Text>,
    /// Volumes that were attached: node, driver, claim.
    attached: BTreeSet<(usize, Text, Text)>,
}

/// What the first Pod made of a shared claim.
#[derive(Debug, Clone, Copy)]
enum Settled<'a> {
    /// It was bound to a volume.
    To(&'a PersistentVolume),
    /// A volume is made that is reached from where this node is.
    Near(usize),
}

/// What one Pod mounts.
pub(super) struct Mounts<'a> {
    claims: Vec<Claim<'a>>,
}

impl<'a> Volumes<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, world: &World<'a>, ask: &Ask<'a>) -> Self {
        Self {
            snapshot,
            ask: *ask,
            in_use: claims::in_use(world, ask.namespace),
            attached: Attached::new(snapshot, world, claims::has_any(ask)),
        }
    }

    /// True when the Pods mount claims at all.
    pub(super) fn is_any(&self) -> bool {
        claims::has_any(&self.ask)
    }

    /// What the Pod of this number mounts.
    ///
    /// # Errors
    /// When the scheduler would not look at any node.
    pub(super) fn mounts(&self, number: u32, taken: &Taken<'a>) -> Result<Mounts<'a>, Unplaceable> {
        let mut claims = claims::of(self.snapshot, &self.ask, number)?;
        for claim in &mut claims {
            match taken.settled.get(&claim.name) {
                Some(Settled::To(volume)) => claim.want = Want::Bound(volume),
                Some(Settled::Near(place)) => claim.near = Some(*place),
                None => {}
            }
        }
        Ok(Mounts { claims })
    }

    /// Why the volumes keep the Pod from a node, in the order of the scheduler.
    pub(super) fn obstacles(
        &self,
        mounts: &Mounts<'a>,
        taken: &Taken<'a>,
        world: &World<'a>,
        place: usize,
    ) -> Vec<Obstacle> {
        let exclusive = mounts.claims.iter().find(|claim| {
            claim.is_exclusive
                && (self.in_use.contains(&*claim.name) || taken.used.contains(&claim.name))
        });
        if let Some(claim) = exclusive {
            let claim = claim.name.clone();
            return vec![Obstacle::ClaimInUse { claim }];
        }
        if let Some(full) = self
            .attached
            .obstacle(&mounts.claims, &taken.attached, place)
        {
            return vec![full];
        }
        let node = &world.places[place];
        let mut found = Vec::new();
        found.extend(far_volume(mounts, node));
        found.extend(self.no_volume(mounts, taken, world, place));
        if found.is_empty() {
            found.extend(other_zone(mounts, node));
        }
        found
    }

    /// A claim that waits for its first Pod and finds no volume on the node.
    fn no_volume(
        &self,
        mounts: &Mounts<'a>,
        taken: &Taken<'a>,
        world: &World<'a>,
        place: usize,
    ) -> Option<Obstacle> {
        let (_, unbound) = self.bind(mounts, taken, &world.places[place]);
        let missing = |claim: &&Claim<'a>| !can_be_made(claim, world, place);
        let claim = unbound.into_iter().find(missing)?;
        Some(Obstacle::NoVolume {
            claim: claim.name.clone(),
        })
    }

    /// Gives volumes of the node to the claims that wait, the smallest claim first.
    fn bind<'m>(
        &self,
        mounts: &'m Mounts<'a>,
        taken: &Taken<'a>,
        place: &Place<'_>,
    ) -> (
        Vec<(&'m Claim<'a>, &'a PersistentVolume)>,
        Vec<&'m Claim<'a>>,
    ) {
        let waits = |claim: &&Claim<'a>| matches!(claim.want, Want::FirstPod(_));
        let mut waiting: Vec<&Claim<'a>> = mounts.claims.iter().filter(waits).collect();
        waiting.sort_by_key(|claim| claim.size());
        let mut given = taken.volumes.clone();
        let (mut bound, mut unbound) = (Vec::new(), Vec::new());
        for claim in waiting {
            let is_chosen = claim.selected_node.is_some() || claim.near.is_some();
            let volume = claims::volume_for(self.snapshot, claim, Some(place), &given)
                .filter(|_| !is_chosen);
            match volume {
                Some(volume) => {
                    given.insert(&volume.meta.name);
                    bound.push((claim, volume));
                }
                None => unbound.push(claim),
            }
        }
        (bound, unbound)
    }

    /// The Pod was placed on a node.
    pub(super) fn placed(
        &self,
        mounts: &Mounts<'a>,
        taken: &mut Taken<'a>,
        world: &World<'a>,
        place: usize,
    ) {
        let (bound, unbound) = self.bind(mounts, taken, &world.places[place]);
        for (claim, volume) in bound {
            taken.volumes.insert(&volume.meta.name);
            taken
                .settled
                .insert(claim.name.clone(), Settled::To(volume));
        }
        for claim in unbound {
            let settled = taken.settled.entry(claim.name.clone());
            settled.or_insert(Settled::Near(place));
        }
        for claim in &mounts.claims {
            if let Want::Reserved(volume) = claim.want {
                taken.volumes.insert(&volume.meta.name);
            }
            taken.used.insert(claim.name.clone());
            if let Some((driver, handle)) = claim.attachment() {
                taken.attached.insert((place, driver, handle));
            }
        }
    }
}

impl Mounts<'_> {
    /// True when the node of the first Pod decides where later Pods can be.
    pub(super) fn ties(&self) -> bool {
        let mut claims = self.claims.iter();
        claims.any(|claim| matches!(claim.want, Want::FirstPod(_)))
    }

    /// Claims for which nobody knows yet where their volume will be, with their class.
    pub(super) fn to_be_made(&self) -> impl Iterator<Item = (&Text, &Text)> {
        let made = self.claims.iter().filter(|claim| match claim.want {
            Want::FirstPod(_) | Want::Elsewhere => true,
            Want::Bound(_) | Want::Reserved(_) => false,
        });
        made.map(|claim| (&claim.name, &claim.class))
    }

    /// Claims that other Pods use too while they can be mounted on one node only.
    pub(super) fn on_one_node(&self) -> impl Iterator<Item = &Text> {
        let shared = self.claims.iter().filter(|claim| claim.is_on_one_node());
        shared.map(|claim| &claim.name)
    }
}

/// A bound volume that is not reached from the node.
fn far_volume(mounts: &Mounts<'_>, place: &Place<'_>) -> Option<Obstacle> {
    let volume = mounts
        .claims
        .iter()
        .filter_map(Claim::volume)
        .find(|volume| !reaches(volume, place))?;
    Some(Obstacle::VolumeNodeAffinity {
        volume: volume.meta.name.clone(),
    })
}

/// True when the node affinity of the volume admits the node. Fields play no part in it.
fn reaches(volume: &PersistentVolume, place: &Place<'_>) -> bool {
    let affinity = volume.spec.node_affinity.as_ref();
    let required = affinity.and_then(|affinity| affinity.required.as_ref());
    required.is_none_or(|required| selects(required, &place.labels, &place.name))
}

/// A bound volume in another zone.
fn other_zone(mounts: &Mounts<'_>, place: &Place<'_>) -> Option<Obstacle> {
    let keys = || {
        ZONE_LABELS
            .iter()
            .flat_map(|(old, new)| [(*old, *new), (*new, *new)])
    };
    if !keys().any(|(key, _)| place.labels.get(key).is_some()) {
        return None;
    }
    let is_there = |volume: &PersistentVolume| {
        keys().all(|(key, present)| is_in_zone(&volume.meta.labels, &place.labels, key, present))
    };
    let mut volumes = mounts.claims.iter().filter_map(Claim::volume);
    let volume = volumes.find(|volume| !is_there(volume))?;
    Some(Obstacle::VolumeZone {
        volume: volume.meta.name.clone(),
    })
}

/// A label with an empty zone in it is ignored.
fn is_in_zone(volume: &Labels, node: &Labels, key: &str, present: &str) -> bool {
    let Some(zones) = volume.get(key) else {
        return true;
    };
    let mut zones = zones.split(ZONE_SEPARATOR).map(str::trim);
    let known = node.get(key).or_else(|| node.get(present));
    zones.clone().any(str::is_empty) || zones.any(|zone| Some(zone) == known)
}

/// True when a volume for the claim can be made on the node.
fn can_be_made(claim: &Claim<'_>, world: &World<'_>, place: usize) -> bool {
    let Want::FirstPod(class) = claim.want else {
        return true;
    };
    let node = &world.places[place];
    let is_chosen = claim
        .selected_node
        .is_none_or(|chosen| node.name == *chosen);
    let is_near = claim
        .near
        .is_none_or(|first| is_same_zone(&world.places[first], node));
    is_chosen && is_near && makes_volumes(class) && allows(class, &node.labels)
}

/// True when the class makes volumes at all.
fn makes_volumes(class: &StorageClass) -> bool {
    !class.provisioner.is_empty() && class.provisioner != NO_PROVISIONER
}

fn allows(class: &StorageClass, labels: &Labels) -> bool {
    class.allowed_topologies.is_empty()
        || class.allowed_topologies.iter().any(|term| {
            term.match_label_expressions.iter().all(|wanted| {
                let value = labels.get(&wanted.key);
                value.is_some_and(|value| wanted.values.iter().any(|known| *known == *value))
            })
        })
}

/// Where a volume that is made for one node is reached from: its zone, or the node alone.
fn is_same_zone(first: &Place<'_>, other: &Place<'_>) -> bool {
    let zone = |place: &Place<'_>| {
        let (_, key) = ZONE_LABELS[0];
        place.labels.get(key).map(Text::from)
    };
    match zone(first) {
        Some(known) => zone(other) == Some(known),
        None => first.name == other.name,
    }
}
