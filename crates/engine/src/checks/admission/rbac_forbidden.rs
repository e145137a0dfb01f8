#![doc = include_str!("rbac_forbidden.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// The API server forbids the creation.
#[derive(Debug)]
pub(crate) struct RbacForbidden;

static META: Meta = Meta {
    id: CheckId::new("admission/rbac-forbidden"),
    kind: FindingKind::Admission(AdmissionFinding::RbacForbidden),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &[
        "Read the message: it names the user, verb and resource that are missing a right, or the plugin that refused.",
    ],
    casebook: include_str!("rbac_forbidden.md"),
};

impl Check for RbacForbidden {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::Forbidden, report);
    }
}
