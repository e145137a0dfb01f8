#![doc = include_str!("shm_exhaustion.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{ends, logs::LogClass},
    view::View,
};

/// The shared memory of the container is full.
#[derive(Debug)]
pub(crate) struct SharedMemory;

static META: Meta = Meta {
    id: CheckId::new("container/shm-exhaustion"),
    kind: FindingKind::Container(ContainerFinding::SharedMemory),
    needs: sources::PODS_AND_LOGS,
    advice: &["Mount an emptyDir with medium Memory at /dev/shm."],
    casebook: include_str!("shm_exhaustion.md"),
};

impl Check for SharedMemory {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report_logged(view, LogClass::SharedMemory, report);
    }
}
