#![doc = include_str!("app_error_exit.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::ends::{self, EndClass},
    view::View,
};

/// The program ends with an error and its log does not say why.
#[derive(Debug)]
pub(crate) struct AppErrorExit;

static META: Meta = Meta {
    id: CheckId::new("container/app-error-exit"),
    kind: FindingKind::Container(ContainerFinding::AppErrorExit),
    needs: sources::PODS_AND_LOGS,
    advice: &["Read the last lines of the previous log; raise the log level of the program."],
    casebook: include_str!("app_error_exit.md"),
};

impl Check for AppErrorExit {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::ErrorExit, report);
    }
}
