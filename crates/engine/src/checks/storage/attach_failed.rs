#![doc = include_str!("attach_failed.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mounts::{self, VolumeClass},
    view::View,
};

/// The volume cannot be attached.
#[derive(Debug)]
pub(crate) struct AttachFailed;

static META: Meta = Meta {
    id: CheckId::new("storage/attach-failed"),
    kind: FindingKind::Storage(StorageFinding::AttachFailed),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Read the words of the driver; look at the CSI controller Pods and at the VolumeAttachment.",
    ],
    casebook: include_str!("attach_failed.md"),
};

impl Check for AttachFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mounts::report(view, VolumeClass::AttachFailed, report);
    }
}
