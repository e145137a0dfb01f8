#![doc = include_str!("provisioner_not_running.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, Source, StorageFinding, snapshot::Event};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// Nobody answers for the provisioner of the claim.
#[derive(Debug)]
pub(crate) struct ProvisionerNotRunning;

static META: Meta = Meta {
    id: CheckId::new("storage/provisioner-not-running"),
    kind: FindingKind::Storage(StorageFinding::ProvisionerNotRunning),
    needs: sources::CLAIMS_AND_EVENTS,
    advice: &["Look at the Pods of the CSI controller of this driver."],
    casebook: include_str!("provisioner_not_running.md"),
};

impl Check for ProvisionerNotRunning {
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
            let events: Vec<&Event> = view
                .events_since(&claim.meta.uid, claim.meta.created)
                .collect();
            let answered = events.iter().any(|event| {
                matches!(
                    &*event.reason,
                    "Provisioning" | "ProvisioningFailed" | "ProvisioningSucceeded"
                )
            });
            let waiting = events
                .iter()
                .rfind(|event| event.reason == "ExternalProvisioning");
            let Some(event) = waiting.filter(|_| !answered) else {
                continue;
            };
            let begun = event.first_seen.or(claim.meta.created);
            if begun.is_some_and(|at| view.now().duration_since(at) < PATIENCE) {
                continue;
            }
            let driver = claim
                .meta
                .annotations
                .get("volume.kubernetes.io/storage-provisioner");
            let subject = Subject::of(object.clone())
                .detail(driver.unwrap_or_default())
                .since(event.first_seen);
            let phase = cite::status(&object, "status.phase", "Pending");
            report.found(subject, cite::event(event), [phase]);
        }
    }
}

/// A provisioner that is alive says `Provisioning` within seconds.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);
