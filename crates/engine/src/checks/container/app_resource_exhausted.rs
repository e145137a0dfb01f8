#![doc = include_str!("app_resource_exhausted.md")]

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

/// The kernel refused the program memory or another resource that no narrower class names.
#[derive(Debug)]
pub(crate) struct AppResourceExhausted;

static META: Meta = Meta {
    id: CheckId::new("container/app-resource-exhausted"),
    kind: FindingKind::Container(ContainerFinding::AppResourceExhausted),
    needs: sources::PODS_AND_LOGS,
    advice: &["Raise the limit that the log line names, or free the resource."],
    casebook: include_str!("app_resource_exhausted.md"),
};

impl Check for AppResourceExhausted {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::Log(LogClass::ResourceExhausted), report);
    }
}
