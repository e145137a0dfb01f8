#![doc = include_str!("pv_released_not_reused.md")]

use dogwatch_model::{
    CheckId, FindingKind, Kind, StorageFinding,
    snapshot::{PersistentVolume, PersistentVolumeClaim},
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::claims,
    view::View,
};

/// The volume of an earlier claim is kept, and the new claim does not get it.
#[derive(Debug)]
pub(crate) struct ReleasedVolume;

static META: Meta = Meta {
    id: CheckId::new("storage/pv-released-not-reused"),
    kind: FindingKind::Storage(StorageFinding::ReleasedVolume),
    needs: sources::CLAIMS_AND_VOLUMES,
    advice: &[
        "Remove spec.claimRef.uid from the volume when its data may be used again; else make a new one.",
    ],
    casebook: include_str!("pv_released_not_reused.md"),
};

impl Check for ReleasedVolume {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let released: Vec<_> = view
            .snapshot
            .volumes
            .iter()
            .filter(|known| is_kept(known))
            .collect();
        if released.is_empty() {
            return;
        }
        for pending in claims::pending(view) {
            let claim = pending.claim;
            let wanted = released.iter().find(|volume| {
                let is_named = volume.meta.name == *claim.spec.volume_name;
                is_named
                    || volume.spec.claim_ref.as_ref().is_some_and(|bound| {
                        let is_namesake = bound.name == *claim.meta.name
                            && bound.namespace == *claim.meta.namespace;
                        is_namesake && bound.uid != claim.meta.uid && has_class_of(claim, volume)
                    })
            });
            let Some(volume) = wanted else { continue };
            let object = cite::object(Kind::PersistentVolume, &volume.meta);
            let bound = volume.spec.claim_ref.as_ref();
            let facts = [
                cite::status(&object, "status.phase", "Released"),
                cite::spec(&object, "spec.persistentVolumeReclaimPolicy", "Retain"),
            ];
            let earlier = bound.map(|bound| cite::spec(&object, "spec.claimRef.uid", &bound.uid));
            let phase = cite::status(&pending.object, "status.phase", "Pending");
            let subject = Subject::of(pending.object.clone())
                .detail(volume.meta.name.to_string())
                .since(claim.meta.created);
            report.found(subject, phase, facts.into_iter().chain(earlier));
        }
    }
}

/// A volume with another policy is deleted soon.
fn is_kept(volume: &PersistentVolume) -> bool {
    volume.status.phase == "Released"
        && volume.spec.persistent_volume_reclaim_policy == "Retain"
        && !volume.meta.is_terminating()
}

/// A claim that asks for another class would not take the volume anyway.
fn has_class_of(claim: &PersistentVolumeClaim, volume: &PersistentVolume) -> bool {
    let class = claim.spec.storage_class_name.as_deref();
    class.is_none_or(|class| volume.spec.storage_class_name == *class)
}
