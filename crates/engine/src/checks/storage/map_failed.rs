#![doc = include_str!("map_failed.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mounts::{self, VolumeClass},
    view::View,
};

/// The block device cannot be mapped.
#[derive(Debug)]
pub(crate) struct MapFailed;

static META: Meta = Meta {
    id: CheckId::new("storage/map-failed"),
    kind: FindingKind::Storage(StorageFinding::MapFailed),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Read the words of the kubelet and look at the CSI node Pod."],
    casebook: include_str!("map_failed.md"),
};

impl Check for MapFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mounts::report(view, VolumeClass::MapFailed, report);
    }
}
