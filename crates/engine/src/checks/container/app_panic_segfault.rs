#![doc = include_str!("app_panic_segfault.md")]

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

/// The program crashed.
#[derive(Debug)]
pub(crate) struct AppPanic;

static META: Meta = Meta {
    id: CheckId::new("container/app-panic-segfault"),
    kind: FindingKind::Container(ContainerFinding::AppPanic),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Give the stack trace to the owner of the program.",
        "When it began with a new version and the old one still serves, roll back.",
    ],
    casebook: include_str!("app_panic_segfault.md"),
};

impl Check for AppPanic {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::Log(LogClass::Panic), report);
    }
}
