#![doc = include_str!("quota_exceeded.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// A ResourceQuota has no room for the Pod.
#[derive(Debug)]
pub(crate) struct QuotaExceeded;

static META: Meta = Meta {
    id: CheckId::new("admission/quota-exceeded"),
    kind: FindingKind::Admission(AdmissionFinding::QuotaExceeded),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &[
        "Compare used with hard in the quota; raise it, lower requests, or remove other load in the Namespace.",
    ],
    casebook: include_str!("quota_exceeded.md"),
};

impl Check for QuotaExceeded {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::QuotaExceeded, report);
    }
}
