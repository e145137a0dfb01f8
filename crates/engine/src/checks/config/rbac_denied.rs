#![doc = include_str!("rbac_denied.md")]

use dogwatch_model::{CheckId, ConfigFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{ends, logs::LogClass},
    view::View,
};

/// The API server forbids the program what it asks for.
#[derive(Debug)]
pub(crate) struct RbacDenied;

static META: Meta = Meta {
    id: CheckId::new("config/rbac-denied"),
    kind: FindingKind::Config(ConfigFinding::RbacDenied),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Give the ServiceAccount that the line names exactly this verb and resource, by a Role and a RoleBinding to a Role that exists; or run the Pod under the ServiceAccount that has them.",
    ],
    casebook: include_str!("rbac_denied.md"),
};

impl Check for RbacDenied {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report_logged(view, LogClass::RbacDenied, report);
    }
}
