#![doc = include_str!("fs_resize_pending.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, StorageFinding, snapshot::find_condition};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The disk is larger, and its file system waits for a node to enlarge it.
#[derive(Debug)]
pub(crate) struct FileSystemResizePending;

static META: Meta = Meta {
    id: CheckId::new("storage/fs-resize-pending"),
    kind: FindingKind::Storage(StorageFinding::FileSystemResizePending),
    needs: sources::CLAIMS,
    advice: &[
        "Start a Pod that mounts the claim; some drivers enlarge the file system only at a mount.",
    ],
    casebook: include_str!("fs_resize_pending.md"),
};

impl Check for FileSystemResizePending {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for claim in &view.snapshot.claims {
            let condition = find_condition(&claim.status.conditions, "FileSystemResizePending");
            let condition = condition.filter(|known| {
                let is_late = |at| view.now().duration_since(at) > PATIENCE;
                known.is_true() && known.since.is_some_and(is_late)
            });
            let Some(condition) = condition else { continue };
            let object = cite::object(Kind::PersistentVolumeClaim, &claim.meta);
            let subject = Subject::of(object.clone()).since(condition.since);
            report.found(subject, cite::condition(&object, condition), None);
        }
    }
}

/// The kubelet enlarges a mounted file system within its next rounds.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
