#![doc = include_str!("exec_format_error.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{
        ends::{self, EndClass},
        logs::LogClass,
        starts::{self, StartClass},
    },
    view::View,
};

/// The program is built for another architecture.
#[derive(Debug)]
pub(crate) struct ExecFormatError;

static META: Meta = Meta {
    id: CheckId::new("container/exec-format-error"),
    kind: FindingKind::Container(ContainerFinding::ExecFormatError),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Compare the image architecture with the `kubernetes.io/arch` label of the node; publish a matching image or select matching nodes.",
    ],
    casebook: include_str!("exec_format_error.md"),
};

impl Check for ExecFormatError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::Log(LogClass::ExecFormat), report);
        starts::report(view, StartClass::ExecFormat, report);
    }
}
