#![doc = include_str!("multi_attach.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mounts::{self, VolumeClass},
    view::View,
};

/// The volume is attached to another node.
#[derive(Debug)]
pub(crate) struct MultiAttach;

static META: Meta = Meta {
    id: CheckId::new("storage/multi-attach"),
    kind: FindingKind::Storage(StorageFinding::MultiAttach),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "A rolling update of a Pod with a ReadWriteOnce volume needs strategy Recreate.",
        "When the old node is lost, prove that it is powered off before anything is forced.",
    ],
    casebook: include_str!("multi_attach.md"),
};

impl Check for MultiAttach {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mounts::report(view, VolumeClass::MultiAttach, report);
    }
}
