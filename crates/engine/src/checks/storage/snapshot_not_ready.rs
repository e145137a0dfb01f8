#![doc = include_str!("snapshot_not_ready.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The snapshot of a volume failed.
#[derive(Debug)]
pub(crate) struct SnapshotNotReady;

static META: Meta = Meta {
    id: CheckId::new("storage/snapshot-not-ready"),
    kind: FindingKind::Storage(StorageFinding::SnapshotNotReady),
    needs: sources::CLAIMS,
    advice: &[
        "Read the words of the driver; look at the snapshot controller and at the class of the snapshot.",
    ],
    casebook: include_str!("snapshot_not_ready.md"),
};

impl Check for SnapshotNotReady {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let snapshots = view
            .snapshot
            .customs_of("snapshot.storage.k8s.io", "VolumeSnapshot");
        for snapshot in snapshots.filter(|known| !known.meta.is_terminating()) {
            if snapshot.flag("status.readyToUse") {
                continue;
            }
            let error = snapshot.field("status.error.message");
            let is_late = |at| view.now().duration_since(at) > PATIENCE;
            if error.is_none() && !snapshot.meta.created.is_some_and(is_late) {
                continue;
            }
            let object = cite::object(snapshot.kind, &snapshot.meta);
            let ready = snapshot.field("status.readyToUse").unwrap_or("not set");
            let claim = snapshot.field("spec.source.persistentVolumeClaimName");
            let error = error.map(|words| cite::status(&object, "status.error.message", words));
            let source = claim
                .map(|name| cite::spec(&object, "spec.source.persistentVolumeClaimName", name));
            let subject = Subject::of(object.clone())
                .detail(claim.unwrap_or_default())
                .since(snapshot.meta.created);
            let fact = cite::status(&object, "status.readyToUse", ready);
            report.found(subject, fact, error.into_iter().chain(source));
        }
    }
}

/// Large volumes take their time.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);
