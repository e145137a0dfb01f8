#![doc = include_str!("readonly_fs.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{ends, logs::LogClass},
    view::View,
};

/// The program writes where it may only read.
#[derive(Debug)]
pub(crate) struct ReadOnlyFileSystem;

static META: Meta = Meta {
    id: CheckId::new("container/readonly-fs"),
    kind: FindingKind::Container(ContainerFinding::ReadOnlyFileSystem),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Mount a writable volume at the path. With readOnlyRootFilesystem everything else is read-only; a volume that became read-only has a damaged disk.",
    ],
    casebook: include_str!("readonly_fs.md"),
};

impl Check for ReadOnlyFileSystem {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report_logged(view, LogClass::ReadOnlyFiles, report);
    }
}
