#![doc = include_str!("automount_disabled.md")]

use dogwatch_model::{CheckId, ConfigFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{ends, logs::LogClass},
    view::View,
};

/// The program wants the token of its ServiceAccount, and none is mounted.
#[derive(Debug)]
pub(crate) struct AutomountDisabled;

static META: Meta = Meta {
    id: CheckId::new("config/automount-disabled"),
    kind: FindingKind::Config(ConfigFinding::AutomountDisabled),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Set automountServiceAccountToken to true for the Pod or its ServiceAccount, if the program shall use the API server.",
    ],
    casebook: include_str!("automount_disabled.md"),
};

impl Check for AutomountDisabled {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report_logged(view, LogClass::TokenMissing, report);
    }
}
