#![doc = include_str!("attach_limit.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mounts::{self, VolumeClass},
    view::View,
};

/// The node cannot attach one more volume.
#[derive(Debug)]
pub(crate) struct AttachLimit;

static META: Meta = Meta {
    id: CheckId::new("storage/attach-limit"),
    kind: FindingKind::Storage(StorageFinding::AttachLimit),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Move the Pod to a node with fewer volumes."],
    casebook: include_str!("attach_limit.md"),
};

impl Check for AttachLimit {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mounts::report(view, VolumeClass::AttachLimit, report);
    }
}
