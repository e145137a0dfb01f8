#![doc = include_str!("priorityclass_missing.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// The PriorityClass of the Pod does not exist.
#[derive(Debug)]
pub(crate) struct PriorityClassMissing;

static META: Meta = Meta {
    id: CheckId::new("admission/priorityclass-missing"),
    kind: FindingKind::Admission(AdmissionFinding::PriorityClassMissing),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &["Create the PriorityClass, or correct priorityClassName in the template."],
    casebook: include_str!("priorityclass_missing.md"),
};

impl Check for PriorityClassMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::PriorityClassMissing, report);
    }
}
