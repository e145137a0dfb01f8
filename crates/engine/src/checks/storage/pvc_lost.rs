#![doc = include_str!("pvc_lost.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, StorageFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The volume of the claim is gone.
#[derive(Debug)]
pub(crate) struct PvcLost;

static META: Meta = Meta {
    id: CheckId::new("storage/pvc-lost"),
    kind: FindingKind::Storage(StorageFinding::PvcLost),
    needs: sources::CLAIMS,
    advice: &["Restore the PersistentVolume, or the data into a new claim."],
    casebook: include_str!("pvc_lost.md"),
};

impl Check for PvcLost {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for claim in view
            .snapshot
            .claims
            .iter()
            .filter(|claim| claim.status.phase == "Lost")
        {
            let object = cite::object(Kind::PersistentVolumeClaim, &claim.meta);
            let subject = Subject::of(object.clone()).detail(claim.spec.volume_name.to_string());
            let volume = cite::spec(&object, "spec.volumeName", &claim.spec.volume_name);
            report.found(
                subject,
                cite::status(&object, "status.phase", "Lost"),
                [volume],
            );
        }
    }
}
