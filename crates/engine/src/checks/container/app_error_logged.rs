#![doc = include_str!("app_error_logged.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{complaints, logs::LogClass},
    view::View,
};

/// The application logs that something it needs does not answer.
#[derive(Debug)]
pub(crate) struct AppErrorLogged;

static META: Meta = Meta {
    id: CheckId::new("container/app-error-logged"),
    kind: FindingKind::Container(ContainerFinding::AppErrorLogged),
    needs: sources::PODS_AND_LOGS,
    advice: &["Follow the host, port or name of the log line."],
    casebook: include_str!("app_error_logged.md"),
};

impl Check for AppErrorLogged {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        complaints::report(view, |class| class == LogClass::Dependency, report);
    }
}
