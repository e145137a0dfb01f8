#![doc = include_str!("storageclass_missing.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, Source, StorageFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::claims,
    view::View,
};

/// The claim names a StorageClass that does not exist.
#[derive(Debug)]
pub(crate) struct StorageClassMissing;

static META: Meta = Meta {
    id: CheckId::new("storage/storageclass-missing"),
    kind: FindingKind::Storage(StorageFinding::StorageClassMissing),
    needs: sources::CLAIMS_AND_CLASSES,
    advice: &[
        "Create the class or correct the name: the class of a claim cannot be changed, so make a new claim.",
    ],
    casebook: include_str!("storageclass_missing.md"),
};

impl Check for StorageClassMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let classes = Source::Objects(Kind::StorageClass);
        for pending in claims::pending(view) {
            let Some(name) = pending.class() else {
                continue;
            };
            let snapshot = view.snapshot;
            let mut known = snapshot.storage_classes.iter();
            if known.any(|class| class.meta.name == *name) {
                continue;
            }
            let said = pending.missing_class();
            // A claim may name a class that only exists to match a volume made by hand.
            let volumes = Source::Objects(Kind::PersistentVolume);
            let mut by_hand = snapshot.volumes.iter();
            let has_volume = by_hand.any(|volume| volume.spec.storage_class_name == *name);
            if said.is_none() && has_volume {
                continue;
            }
            let unread = [classes, volumes]
                .into_iter()
                .find(|source| !snapshot.ledger.is_complete(*source));
            if let Some(source) = unread.filter(|_| said.is_none()) {
                report.undecided(pending.object, source);
                continue;
            }
            let object = pending.object;
            let subject = Subject::of(object.clone())
                .detail(name)
                .since(pending.claim.meta.created);
            let fact = cite::spec(&object, "spec.storageClassName", name);
            report.found(subject, fact, said.map(cite::event));
        }
    }
}
