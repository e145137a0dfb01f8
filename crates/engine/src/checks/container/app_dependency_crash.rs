#![doc = include_str!("app_dependency_crash.md")]

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

/// The program ends because something it needs does not answer.
#[derive(Debug)]
pub(crate) struct AppDependencyCrash;

static META: Meta = Meta {
    id: CheckId::new("container/app-dependency-crash"),
    kind: FindingKind::Container(ContainerFinding::AppDependencyCrash),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Check the host and port of the log line: name resolution, Service, endpoints, network policy, credentials.",
    ],
    casebook: include_str!("app_dependency_crash.md"),
};

impl Check for AppDependencyCrash {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::Log(LogClass::Dependency), report);
    }
}
