#![doc = include_str!("cloud_iam_denied.md")]

use dogwatch_model::{CheckId, ConfigFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{ends, logs::LogClass},
    view::View,
};

/// The cloud refuses the identity of the program.
#[derive(Debug)]
pub(crate) struct CloudIamDenied;

static META: Meta = Meta {
    id: CheckId::new("config/cloud-iam-denied"),
    kind: FindingKind::Config(ConfigFinding::CloudIamDenied),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Give the role the action that the line names, or bind the ServiceAccount to the right role.",
    ],
    casebook: include_str!("cloud_iam_denied.md"),
};

impl Check for CloudIamDenied {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report_logged(view, LogClass::CloudIdentity, report);
    }
}
