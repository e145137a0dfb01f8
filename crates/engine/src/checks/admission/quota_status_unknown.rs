#![doc = include_str!("quota_status_unknown.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// The quota controller has not counted yet.
#[derive(Debug)]
pub(crate) struct QuotaStatusUnknown;

static META: Meta = Meta {
    id: CheckId::new("admission/quota-status-unknown"),
    kind: FindingKind::Admission(AdmissionFinding::QuotaStatusUnknown),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &["Wait a minute; when it stays, look at the kube-controller-manager."],
    casebook: include_str!("quota_status_unknown.md"),
};

impl Check for QuotaStatusUnknown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::QuotaStatusUnknown, report);
    }
}
