#![doc = include_str!("pvc_already_bound_elsewhere.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::claims,
    view::View,
};

/// The volume that the claim asks for belongs to another claim.
#[derive(Debug)]
pub(crate) struct BoundElsewhere;

static META: Meta = Meta {
    id: CheckId::new("storage/pvc-already-bound-elsewhere"),
    kind: FindingKind::Storage(StorageFinding::BoundElsewhere),
    needs: sources::CLAIMS_AND_EVENTS,
    advice: &["Name another volume, or release this one first."],
    casebook: include_str!("pvc_already_bound_elsewhere.md"),
};

impl Check for BoundElsewhere {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        claims::report(view, report, |pending| {
            let event = pending.newest("FailedBinding");
            let event = event.filter(|event| event.message.contains(BOUND))?;
            // The claim may have been given another volume since.
            let volume = &pending.claim.spec.volume_name;
            let is_same = volume.is_empty() || event.message.contains(&**volume);
            // A released volume belongs to a claim that is gone.
            let mut volumes = view.snapshot.volumes.iter();
            let is_released = volumes
                .any(|known| known.meta.name == **volume && known.status.phase == "Released");
            (is_same && !is_released).then(|| (event, volume.to_string()))
        });
    }
}

const BOUND: &str = "already bound to a different claim";
