#![doc = include_str!("vap_denied.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// A ValidatingAdmissionPolicy refuses the Pod.
#[derive(Debug)]
pub(crate) struct VapDenied;

static META: Meta = Meta {
    id: CheckId::new("admission/vap-denied"),
    kind: FindingKind::Admission(AdmissionFinding::VapDenied),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &["Correct what the message names, or talk to the owner of the policy."],
    casebook: include_str!("vap_denied.md"),
};

impl Check for VapDenied {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::AdmissionPolicy, report);
    }
}
