#![doc = include_str!("runtimeclass_missing.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// The RuntimeClass of the Pod does not exist.
#[derive(Debug)]
pub(crate) struct RuntimeClassMissing;

static META: Meta = Meta {
    id: CheckId::new("admission/runtimeclass-missing"),
    kind: FindingKind::Admission(AdmissionFinding::RuntimeClassMissing),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &["Create the RuntimeClass, or correct runtimeClassName in the template."],
    casebook: include_str!("runtimeclass_missing.md"),
};

impl Check for RuntimeClassMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::RuntimeClassMissing, report);
    }
}
