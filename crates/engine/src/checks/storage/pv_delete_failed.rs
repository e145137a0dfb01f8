#![doc = include_str!("pv_delete_failed.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, StorageFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::View,
};

/// A volume that nobody claims cannot be deleted.
#[derive(Debug)]
pub(crate) struct VolumeDeleteFailed;

static META: Meta = Meta {
    id: CheckId::new("storage/pv-delete-failed"),
    kind: FindingKind::Storage(StorageFinding::VolumeDeleteFailed),
    needs: sources::VOLUMES_AND_EVENTS,
    advice: &[
        "Read the words of the driver: the disk may still be attached to a node, or have snapshots.",
    ],
    casebook: include_str!("pv_delete_failed.md"),
};

impl Check for VolumeDeleteFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for volume in &view.snapshot.volumes {
            let is_failed = volume.status.phase == "Failed";
            let is_released = volume.status.phase == "Released";
            let event =
                notes::newest(view, &volume.meta, FAILED).filter(|_| is_failed || is_released);
            if event.is_none() && !is_failed {
                continue;
            }
            let object = cite::object(Kind::PersistentVolume, &volume.meta);
            let phase = cite::status(&object, "status.phase", &volume.status.phase);
            let words = &volume.status.message;
            let words = (!words.is_empty()).then(|| cite::status(&object, "status.message", words));
            let subject = Subject::of(object).since(event.and_then(|event| event.first_seen));
            let facts = words.into_iter().chain(event.map(cite::event));
            report.found(subject, phase, facts);
        }
    }
}

const FAILED: &[&str] = &[
    "VolumeFailedDelete",
    "VolumeFailedRecycle",
    "VolumeUnknownReclaimPolicy",
];
