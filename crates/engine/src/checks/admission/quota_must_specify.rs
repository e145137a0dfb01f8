#![doc = include_str!("quota_must_specify.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// A ResourceQuota demands requests or limits that the Pod does not set.
#[derive(Debug)]
pub(crate) struct QuotaMustSpecify;

static META: Meta = Meta {
    id: CheckId::new("admission/quota-must-specify"),
    kind: FindingKind::Admission(AdmissionFinding::QuotaMustSpecify),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &[
        "Set the named resources in the template, or give the Namespace a LimitRange with defaults.",
    ],
    casebook: include_str!("quota_must_specify.md"),
};

impl Check for QuotaMustSpecify {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::QuotaMustSpecify, report);
    }
}
