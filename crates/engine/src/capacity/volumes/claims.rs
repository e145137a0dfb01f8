//! The claims of one Pod, and the volumes that suit them.

use std::collections::BTreeSet;

use dogwatch_model::{
    Kind, Snapshot, Source,
    snapshot::{ClaimSpec, PersistentVolume, PersistentVolumeClaim, StorageClass},
    wire::{Quantity, Text},
};

use super::{makes_volumes, reaches};
use crate::capacity::{
    Ask,
    obstacle::Unplaceable,
    world::{Place, World},
};

const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";
const DEFAULT_CLASS: &str = "storageclass.kubernetes.io/is-default-class";

/// Only one Pod may use the claim.
const EXCLUSIVE: &str = "ReadWriteOncePod";

/// A claim of one Pod.
pub(super) struct Claim<'a> {
    pub(super) name: Text,
    pub(super) spec: &'a ClaimSpec,
    /// The object, when it exists.
    object: Option<&'a PersistentVolumeClaim>,
    pub(super) class: Text,
    pub(super) want: Want<'a>,
    pub(super) is_exclusive: bool,
    /// The node for which a volume is being made.
    pub(super) selected_node: Option<&'a str>,
    /// A node from whose zone the volume is reached, once an earlier Pod had it made.
    pub(super) near: Option<usize>,
}

/// What becomes of a claim.
#[derive(Clone, Copy)]
pub(super) enum Want<'a> {
    /// It is bound to this volume.
    Bound(&'a PersistentVolume),
    /// It does not exist yet and gets this volume at once.
    Reserved(&'a PersistentVolume),
    /// It gets a volume when the first Pod has a node.
    FirstPod(&'a StorageClass),
    /// A volume is made for it at once, or is not known to us.
    Elsewhere,
}

impl<'a> Claim<'a> {
    pub(super) fn volume(&self) -> Option<&'a PersistentVolume> {
        match self.want {
            Want::Bound(volume) | Want::Reserved(volume) => Some(volume),
            Want::FirstPod(_) | Want::Elsewhere => None,
        }
    }

    /// True for a claim that exists and that all Pods of one node may mount, but no other.
    pub(super) fn is_on_one_node(&self) -> bool {
        let is_single = |mode: &Text| *mode == "ReadWriteOnce";
        let modes = &self.spec.access_modes;
        self.object.is_some() && !modes.is_empty() && modes.iter().all(is_single)
    }

    pub(super) fn size(&self) -> Quantity {
        let requests = &self.spec.resources.requests;
        requests.get("storage").unwrap_or_default()
    }

    /// Driver and handle of what has to be attached.
    pub(super) fn attachment(&self) -> Option<(Text, Text)> {
        match self.want {
            Want::Bound(volume) | Want::Reserved(volume) => handle(volume),
            Want::FirstPod(class) => Some((class.provisioner.clone(), self.name.clone())),
            Want::Elsewhere => None,
        }
    }
}

/// Driver and handle of a volume.
pub(super) fn handle(volume: &PersistentVolume) -> Option<(Text, Text)> {
    let csi = volume.spec.csi.as_ref()?;
    Some((csi.driver.clone(), csi.volume_handle.clone()))
}

/// True when the Pods mount claims.
pub(in crate::capacity) fn has_any(ask: &Ask<'_>) -> bool {
    let volumes = ask.spec.volumes.iter();
    ask.spec.claims().next().is_some()
        || ask.claims.is_some()
        || volumes.into_iter().any(|volume| volume.ephemeral.is_some())
}

/// Claims of the Namespace that Pods on nodes use.
pub(super) fn in_use<'a>(world: &World<'a>, namespace: &str) -> BTreeSet<&'a str> {
    let pods = world.pods().map(|(_, pod)| pod);
    pods.filter(|pod| pod.meta.namespace == *namespace)
        .flat_map(|pod| pod.spec.claims())
        .collect()
}

/// The claims of the Pod of this number.
pub(super) fn of<'a>(
    snapshot: &'a Snapshot,
    ask: &Ask<'a>,
    number: u32,
) -> Result<Vec<Claim<'a>>, Unplaceable> {
    let mut claims = Vec::new();
    let own = own(ask, number);
    for name in ask.spec.claims() {
        if let Some(object) = snapshot.claim(ask.namespace, name) {
            claims.push(existing(snapshot, object)?);
        } else if snapshot
            .ledger
            .is_complete(Source::Objects(Kind::PersistentVolumeClaim))
        {
            return Err(Unplaceable::ClaimMissing { claim: name.into() });
        }
    }
    for (name, spec) in own {
        claims.push(match snapshot.claim(ask.namespace, &name) {
            Some(object) => existing(snapshot, object)?,
            None => new(snapshot, name, spec)?,
        });
    }
    Ok(claims)
}

/// The claims that are made for this Pod alone.
fn own<'a>(ask: &Ask<'a>, number: u32) -> Vec<(Text, &'a ClaimSpec)> {
    let templates = ask.claims.iter().flat_map(|claims| {
        let ordinal = claims.first_ordinal + i64::from(number);
        claims.templates.iter().map(move |template| {
            let name = &template.metadata.name;
            let name = format!("{name}-{}-{ordinal}", claims.workload);
            (Text::from(name), &template.spec)
        })
    });
    let ephemeral = ask.spec.volumes.iter().filter_map(|volume| {
        let source = volume.ephemeral.as_deref()?;
        // The name of the Pod is not known yet; no claim has a name with a space.
        let name = Text::from(format!("new {number} {}", volume.name));
        Some((name, &source.volume_claim_template.spec))
    });
    templates.chain(ephemeral).collect()
}

fn existing<'a>(
    snapshot: &'a Snapshot,
    object: &'a PersistentVolumeClaim,
) -> Result<Claim<'a>, Unplaceable> {
    let name = object.meta.name.clone();
    let volume = object.spec.volume_name.clone();
    if object.status.phase == "Lost" {
        return Err(Unplaceable::ClaimLost {
            claim: name,
            volume,
        });
    }
    if object.meta.is_terminating() {
        return Err(Unplaceable::ClaimDeleting { claim: name });
    }
    let want = if object.status.phase == "Bound" && !volume.is_empty() {
        bound(snapshot, volume)?
    } else {
        let unbound = || Unplaceable::ClaimUnbound {
            claim: name.clone(),
        };
        waiting(snapshot, object).ok_or_else(unbound)?
    };
    let annotations = &object.meta.annotations;
    Ok(Claim {
        class: class_name(snapshot, &object.spec),
        is_exclusive: is_exclusive(&object.spec),
        selected_node: annotations.get(SELECTED_NODE),
        spec: &object.spec,
        object: Some(object),
        near: None,
        name,
        want,
    })
}

fn bound(snapshot: &Snapshot, volume: Text) -> Result<Want<'_>, Unplaceable> {
    match snapshot.volume(&volume) {
        Some(known) => Ok(Want::Bound(known)),
        None if snapshot
            .ledger
            .is_complete(Source::Objects(Kind::PersistentVolume)) =>
        {
            Err(Unplaceable::VolumeMissing { volume })
        }
        None => Ok(Want::Elsewhere),
    }
}

/// An unbound claim may wait for its first Pod, unless it asks for a certain volume.
fn waiting<'a>(snapshot: &'a Snapshot, object: &PersistentVolumeClaim) -> Option<Want<'a>> {
    if !object.spec.volume_name.is_empty() {
        return None;
    }
    match class(snapshot, &class_name(snapshot, &object.spec)) {
        Some(class) if waits(class) => Some(Want::FirstPod(class)),
        Some(_) => None,
        // A class that nobody read may be one that waits.
        None => (!has_classes(snapshot)).then_some(Want::Elsewhere),
    }
}

fn has_classes(snapshot: &Snapshot) -> bool {
    snapshot
        .ledger
        .is_complete(Source::Objects(Kind::StorageClass))
}

/// A claim that does not exist yet.
fn new<'a>(
    snapshot: &'a Snapshot,
    name: Text,
    spec: &'a ClaimSpec,
) -> Result<Claim<'a>, Unplaceable> {
    let mut claim = Claim {
        class: class_name(snapshot, spec),
        is_exclusive: is_exclusive(spec),
        want: Want::Elsewhere,
        selected_node: None,
        object: None,
        near: None,
        name,
        spec,
    };
    claim.want = match class(snapshot, &claim.class) {
        Some(class) if waits(class) => Want::FirstPod(class),
        class => match volume_for(snapshot, &claim, None, &BTreeSet::new()) {
            Some(volume) => Want::Reserved(volume),
            None if class.is_some_and(makes_volumes) || !has_classes(snapshot) => Want::Elsewhere,
            None => return Err(Unplaceable::ClaimUnbound { claim: claim.name }),
        },
    };
    Ok(claim)
}

fn is_exclusive(spec: &ClaimSpec) -> bool {
    spec.access_modes.iter().any(|mode| *mode == EXCLUSIVE)
}

fn waits(class: &StorageClass) -> bool {
    class.volume_binding_mode == "WaitForFirstConsumer"
}

fn class<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a StorageClass> {
    snapshot.storage_class(name)
}

/// The class of a claim; one that names none gets the default class.
pub(in crate::capacity) fn class_name(snapshot: &Snapshot, spec: &ClaimSpec) -> Text {
    if let Some(name) = &spec.storage_class_name {
        return name.clone();
    }
    let mut classes = snapshot.storage_classes.iter();
    let default = classes.find(|class| class.meta.annotations.get(DEFAULT_CLASS) == Some("true"));
    default
        .map(|class| class.meta.name.clone())
        .unwrap_or_default()
}

/// The volume that the claim gets: the one that is meant for it, or the smallest that suits.
pub(super) fn volume_for<'a>(
    snapshot: &'a Snapshot,
    claim: &Claim<'a>,
    place: Option<&Place<'_>>,
    given: &BTreeSet<&str>,
) -> Option<&'a PersistentVolume> {
    let is_near = |volume: &PersistentVolume| place.is_none_or(|place| reaches(volume, place));
    let candidates = snapshot
        .volumes
        .iter()
        .filter(|volume| !given.contains(&*volume.meta.name) && is_large_enough(volume, claim));
    let (meant, free): (Vec<_>, Vec<_>) =
        candidates.partition(|volume| volume.spec.claim_ref.is_some());
    if let Some(volume) = meant.into_iter().find(|volume| is_meant_for(volume, claim)) {
        return is_near(volume).then_some(volume);
    }
    let free = free.into_iter();
    free.filter(|volume| is_free(volume, claim) && is_near(volume))
        .min_by_key(|volume| volume.spec.capacity.get("storage"))
}

fn is_large_enough(volume: &PersistentVolume, claim: &Claim<'_>) -> bool {
    let mode = |mode: &Option<Text>| mode.clone().unwrap_or_else(|| "Filesystem".into());
    volume.spec.capacity.get("storage").unwrap_or_default() >= claim.size()
        && mode(&volume.spec.volume_mode) == mode(&claim.spec.volume_mode)
        && !volume.meta.is_terminating()
}

fn is_meant_for(volume: &PersistentVolume, claim: &Claim<'_>) -> bool {
    let reference = volume.spec.claim_ref.as_ref();
    let Some((reference, object)) = reference.zip(claim.object) else {
        return false;
    };
    reference.name == object.meta.name
        && reference.namespace == object.meta.namespace
        && (reference.uid.is_empty() || reference.uid == object.meta.uid)
}

fn is_free(volume: &PersistentVolume, claim: &Claim<'_>) -> bool {
    let selector = claim.spec.selector.as_deref();
    let has_mode = |mode: &Text| volume.spec.access_modes.iter().any(|known| known == mode);
    volume.status.phase == "Available"
        && volume.spec.storage_class_name == claim.class
        && selector.is_none_or(|selector| selector.matches(&volume.meta.labels))
        && claim.spec.access_modes.iter().all(has_mode)
}
