#![doc = include_str!("volume_full.md")]

use dogwatch_model::{
    CheckId, Evidence, FindingKind, Kind, StorageFinding, snapshot::PersistentVolumeClaim,
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::alerts,
    view::View,
};

/// The volume of a claim is full, or about to be.
#[derive(Debug)]
pub(crate) struct VolumeFull;

static META: Meta = Meta {
    id: CheckId::new("storage/volume-full"),
    kind: FindingKind::Storage(StorageFinding::VolumeFull),
    needs: sources::CLAIMS_AND_PODS,
    advice: &[
        "Enlarge the claim where its StorageClass allows that; find out first what grows, and whether files can go.",
        "When inodes run out, more room does not always help: remove small files.",
    ],
    casebook: include_str!("volume_full.md"),
};

/// Words in the names of alerts about volumes that fill up.
const WORDS: &[&str] = &[
    "volumefill",
    "volumeinodesfill",
    "volumefull",
    "volumespacelow",
    "volumeoutofdiskspace",
    "volumeusagehigh",
];

impl Check for VolumeFull {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for alert in alerts::named(view, Kind::PersistentVolumeClaim, WORDS) {
            let (namespace, name) = (&alert.object.namespace, &alert.object.name);
            let claim = view.snapshot.claim(namespace, name);
            // A claim that is not bound has no files, and one that goes takes them along.
            let is_used = |claim: &&PersistentVolumeClaim| {
                claim.status.phase == "Bound" && !claim.meta.is_terminating()
            };
            let Some(claim) = claim.filter(is_used) else {
                continue;
            };
            let object = cite::object(Kind::PersistentVolumeClaim, &claim.meta);
            let Some((size, capacity)) = size(view, claim) else {
                continue;
            };
            let facts = [capacity].into_iter().chain(growth(view, claim));
            report.found(
                Subject::of(object.clone()).detail(size),
                cite::alert(&object, alert),
                facts.chain(users(view, claim)),
            );
        }
    }
}

/// Pods that are quoted.
const MAX_USERS: usize = 3;

/// How large the volume is; where it was not read, how much was asked for.
fn size(view: &View<'_>, claim: &PersistentVolumeClaim) -> Option<(String, Evidence)> {
    let volume = view.snapshot.volume(&claim.spec.volume_name);
    let real = volume.and_then(|volume| {
        let size = volume.spec.capacity.get("storage")?;
        let object = cite::object(Kind::PersistentVolume, &volume.meta);
        let fact = cite::spec(&object, "spec.capacity.storage", size);
        Some((format!("{size} in all"), fact))
    });
    let asked = || {
        let size = claim.spec.resources.requests.get("storage")?;
        let object = cite::object(Kind::PersistentVolumeClaim, &claim.meta);
        let fact = cite::spec(&object, "spec.resources.requests.storage", size);
        Some((format!("{size} asked for"), fact))
    };
    real.or_else(asked)
}

/// Whether the claim may grow.
fn growth(view: &View<'_>, claim: &PersistentVolumeClaim) -> Option<Evidence> {
    let name = claim.spec.storage_class_name.as_deref()?;
    let class = view.snapshot.storage_class(name)?;
    let object = cite::object(Kind::StorageClass, &class.meta);
    let may = class.allow_volume_expansion;
    Some(cite::spec(&object, "allowVolumeExpansion", may))
}

/// Pods that mount the claim now.
fn users<'a>(
    view: &'a View<'_>,
    claim: &'a PersistentVolumeClaim,
) -> impl Iterator<Item = Evidence> + 'a {
    let pods = view.snapshot.pods.iter().filter(|pod| {
        pod.meta.namespace == claim.meta.namespace
            && !pod.is_finished()
            && pod.spec.claims().any(|name| *name == *claim.meta.name)
    });
    let name = &claim.meta.name;
    pods.take(MAX_USERS)
        .map(move |pod| cite::spec(&cite::pod(pod), "spec.volumes.persistentVolumeClaim", name))
}
