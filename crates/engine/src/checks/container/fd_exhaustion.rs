#![doc = include_str!("fd_exhaustion.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{ends, logs::LogClass},
    view::View,
};

/// The program has no file handle left.
#[derive(Debug)]
pub(crate) struct FileDescriptors;

static META: Meta = Meta {
    id: CheckId::new("container/fd-exhaustion"),
    kind: FindingKind::Container(ContainerFinding::FileDescriptors),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Raise the limit of open files of the runtime, or find the handles that are never closed.",
    ],
    casebook: include_str!("fd_exhaustion.md"),
};

impl Check for FileDescriptors {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report_logged(view, LogClass::FileHandles, report);
    }
}
