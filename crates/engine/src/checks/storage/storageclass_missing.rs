#![doc = include_str!("storageclass_missing.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, Source, StorageFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
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
        for claim in view
            .snapshot
            .claims
            .iter()
            .filter(|claim| claim.status.phase == "Pending")
        {
            let named = claim
                .spec
                .storage_class_name
                .as_ref()
                .filter(|name| !name.is_empty());
            let Some(name) = named else { continue };
            let object = cite::object(Kind::PersistentVolumeClaim, &claim.meta);
            let events = view.events_since(&claim.meta.uid, claim.meta.created);
            let said = events
                .filter(|event| {
                    event.reason == "ProvisioningFailed"
                        && event.message.contains("storageclass.storage.k8s.io")
                        && event.message.contains("not found")
                })
                .last();
            let exists = view
                .snapshot
                .storage_classes
                .iter()
                .any(|class| class.meta.name == **name);
            if exists {
                continue;
            }
            if said.is_none() && !view.snapshot.ledger.is_complete(classes) {
                report.undecided(object, classes);
                continue;
            }
            // A claim may name a class that only exists to match a volume made by hand.
            let has_volume = view
                .snapshot
                .volumes
                .iter()
                .any(|volume| volume.spec.storage_class_name == **name);
            if said.is_none() && has_volume {
                continue;
            }
            let subject = Subject::of(object.clone())
                .detail(name.to_string())
                .since(claim.meta.created);
            let fact = cite::spec(&object, "spec.storageClassName", name);
            report.found(subject, fact, said.map(cite::event));
        }
    }
}
