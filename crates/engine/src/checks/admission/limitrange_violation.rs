#![doc = include_str!("limitrange_violation.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// The Pod is outside the bounds of a LimitRange.
#[derive(Debug)]
pub(crate) struct LimitRangeViolation;

static META: Meta = Meta {
    id: CheckId::new("admission/limitrange-violation"),
    kind: FindingKind::Admission(AdmissionFinding::LimitRangeViolation),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &["Bring requests and limits within the LimitRange, or change it."],
    casebook: include_str!("limitrange_violation.md"),
};

impl Check for LimitRangeViolation {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::LimitRange, report);
    }
}
