#![doc = include_str!("pvc_volume_mismatch.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::claims,
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
        claims::report(view, report, |pending| {
            let event = pending.newest("VolumeMismatch")?;
            Some((event, pending.claim.spec.volume_name.to_string()))
        });
    }
}
