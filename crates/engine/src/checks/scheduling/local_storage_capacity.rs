#![doc = include_str!("local_storage_capacity.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::placement::{self, Predicate},
    view::View,
};

/// No node has a storage pool with enough free space for the claim.
#[derive(Debug)]
pub(crate) struct StorageCapacity;

static META: Meta = Meta {
    id: CheckId::new("scheduling/local-storage-capacity"),
    kind: FindingKind::Scheduling(SchedulingFinding::StorageCapacity),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Free space in the storage pool, ask for less, or add nodes with storage."],
    casebook: include_str!("local_storage_capacity.md"),
};

impl Check for StorageCapacity {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        placement::report(view, Predicate::StorageCapacity, report);
    }
}
