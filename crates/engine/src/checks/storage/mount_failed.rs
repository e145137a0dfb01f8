#![doc = include_str!("mount_failed.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mounts::{self, VolumeClass},
    view::View,
};

/// The volume cannot be mounted.
#[derive(Debug)]
pub(crate) struct MountFailed;

static META: Meta = Meta {
    id: CheckId::new("storage/mount-failed"),
    kind: FindingKind::Storage(StorageFinding::MountFailed),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Read the words of the kubelet: file system, NFS export, permissions, device."],
    casebook: include_str!("mount_failed.md"),
};

impl Check for MountFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mounts::report(view, VolumeClass::MountFailed, report);
    }
}
