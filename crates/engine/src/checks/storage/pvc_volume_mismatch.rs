#![doc = include_str!("pvc_volume_mismatch.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, Source, StorageFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The volume that the claim names does not fit.
#[derive(Debug)]
pub(crate) struct PvcVolumeMismatch;

static META: Meta = Meta {
    id: CheckId::new("storage/pvc-volume-mismatch"),
    kind: FindingKind::Storage(StorageFinding::PvcVolumeMismatch),
    needs: sources::CLAIMS_AND_EVENTS,
    advice: &[
        "Compare capacity, class, volume mode and access modes of the claim with the volume.",
    ],
    casebook: include_str!("pvc_volume_mismatch.md"),
};

impl Check for PvcVolumeMismatch {
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
                .filter(|event| event.reason == "VolumeMismatch")
                .last()
            else {
                continue;
            };
            let subject = Subject::of(object.clone())
                .detail(claim.spec.volume_name.to_string())
                .since(event.first_seen);
            let phase = cite::status(&object, "status.phase", "Pending");
            report.found(subject, cite::event(event), [phase]);
        }
    }
}
