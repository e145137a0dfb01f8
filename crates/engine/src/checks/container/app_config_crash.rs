#![doc = include_str!("app_config_crash.md")]

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

/// The program ends because of its configuration.
#[derive(Debug)]
pub(crate) struct AppConfigCrash;

static META: Meta = Meta {
    id: CheckId::new("container/app-config-crash"),
    kind: FindingKind::Container(ContainerFinding::AppConfigCrash),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Correct the setting that the log line names.",
        "When it began with a new version, compare the two templates.",
    ],
    casebook: include_str!("app_config_crash.md"),
};

impl Check for AppConfigCrash {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::Log(LogClass::Configuration), report);
    }
}
