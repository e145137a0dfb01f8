#![doc = include_str!("provision_failed.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, Source, StorageFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The provisioner cannot make the volume.
#[derive(Debug)]
pub(crate) struct ProvisionFailed;

static META: Meta = Meta {
    id: CheckId::new("storage/provision-failed"),
    kind: FindingKind::Storage(StorageFinding::ProvisionFailed),
    needs: sources::CLAIMS_AND_EVENTS,
    advice: &["Read the words of the driver: quota, sold out, parameters, topology, credentials."],
    casebook: include_str!("provision_failed.md"),
};

impl Check for ProvisionFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for claim in view
            .snapshot
            .claims
            .iter()
            .filter(|claim| claim.status.phase == "Pending")
        {
            let object = cite::object(Kind::PersistentVolumeClaim, &claim.meta);
            if !view.has_events() {
                report.undecided(object, Source::Objects(Kind::Event));
                continue;
            }
            let events = view.events_since(&claim.meta.uid, claim.meta.created);
            let Some(event) = events
                .filter(|event| {
                    event.reason == "ProvisioningFailed" && !is_missing_class(&event.message)
                })
                .last()
            else {
                continue;
            };
            let subject = Subject::of(object.clone())
                .detail(String::new())
                .since(event.first_seen);
            let phase = cite::status(&object, "status.phase", "Pending");
            report.found(subject, cite::event(event), [phase]);
        }
    }
}

/// The class itself is the matter of another check.
fn is_missing_class(message: &str) -> bool {
    message.contains("storageclass.storage.k8s.io") && message.contains("not found")
}
