#![doc = include_str!("mount_fs_mismatch.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mounts::{self, VolumeClass},
    view::View,
};

/// The volume holds another file system than the one that is asked for.
#[derive(Debug)]
pub(crate) struct FilesystemMismatch;

static META: Meta = Meta {
    id: CheckId::new("storage/mount-fs-mismatch"),
    kind: FindingKind::Storage(StorageFinding::FilesystemMismatch),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Ask for the file system that is on the disk, or make a new volume."],
    casebook: include_str!("mount_fs_mismatch.md"),
};

impl Check for FilesystemMismatch {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mounts::report(view, VolumeClass::FsMismatch, report);
    }
}
