#![doc = include_str!("app_arguments_invalid.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{
        ends::{self, EndClass},
        logs::LogClass,
    },
    view::View,
};

/// The program refuses its arguments.
#[derive(Debug)]
pub(crate) struct AppArguments;

static META: Meta = Meta {
    id: CheckId::new("container/app-arguments-invalid"),
    kind: FindingKind::Container(ContainerFinding::AppArguments),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Correct `args` in the template; the log names the argument.",
        "When it began with a new version and the old one still serves, roll back.",
    ],
    casebook: include_str!("app_arguments_invalid.md"),
};

impl Check for AppArguments {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::Log(LogClass::Arguments), report);
    }
}
