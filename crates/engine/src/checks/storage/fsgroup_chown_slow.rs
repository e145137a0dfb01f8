#![doc = include_str!("fsgroup_chown_slow.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mounts::{self, VolumeClass},
    view::View,
};

/// The kubelet changes the owner of every file on the volume before the Pod starts.
#[derive(Debug)]
pub(crate) struct OwnershipSlow;

static META: Meta = Meta {
    id: CheckId::new("storage/fsgroup-chown-slow"),
    kind: FindingKind::Storage(StorageFinding::OwnershipSlow),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Set securityContext.fsGroupChangePolicy to OnRootMismatch."],
    casebook: include_str!("fsgroup_chown_slow.md"),
};

impl Check for OwnershipSlow {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mounts::report(view, VolumeClass::OwnershipSlow, report);
    }
}
