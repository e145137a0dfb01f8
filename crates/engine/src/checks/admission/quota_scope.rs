#![doc = include_str!("quota_scope.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// The Namespace has no quota that matches the scope of the Pod.
#[derive(Debug)]
pub(crate) struct QuotaScope;

static META: Meta = Meta {
    id: CheckId::new("admission/quota-scope"),
    kind: FindingKind::Admission(AdmissionFinding::QuotaScope),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &["Give the Namespace a ResourceQuota for this scope, or use another PriorityClass."],
    casebook: include_str!("quota_scope.md"),
};

impl Check for QuotaScope {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::QuotaScope, report);
    }
}
