#![doc = include_str!("mount_timeout.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mounts::{self, VolumeClass},
    view::View,
};

/// The volumes do not arrive in time.
#[derive(Debug)]
pub(crate) struct MountTimeout;

static META: Meta = Meta {
    id: CheckId::new("storage/mount-timeout"),
    kind: FindingKind::Storage(StorageFinding::MountTimeout),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Look for an earlier, more precise Event, at the VolumeAttachment and at the CSI Pods.",
    ],
    casebook: include_str!("mount_timeout.md"),
};

impl Check for MountTimeout {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mounts::report(view, VolumeClass::Timeout, report);
    }
}
