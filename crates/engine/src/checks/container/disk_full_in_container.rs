#![doc = include_str!("disk_full_in_container.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{ends, logs::LogClass},
    view::View,
};

/// The disk that the program writes to is full.
#[derive(Debug)]
pub(crate) struct DiskFull;

static META: Meta = Meta {
    id: CheckId::new("container/disk-full-in-container"),
    kind: FindingKind::Container(ContainerFinding::DiskFull),
    needs: sources::PODS_AND_LOGS,
    advice: &["Find out which volume the path is on: enlarge the claim, or free space on it."],
    casebook: include_str!("disk_full_in_container.md"),
};

impl Check for DiskFull {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report_logged(view, LogClass::DiskFull, report);
    }
}
