#![doc = include_str!("scc_denied.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// SecurityContextConstraints refuse the Pod.
#[derive(Debug)]
pub(crate) struct SccDenied;

static META: Meta = Meta {
    id: CheckId::new("admission/scc-denied"),
    kind: FindingKind::Admission(AdmissionFinding::SccDenied),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &[
        "Give the ServiceAccount a constraint that allows what the Pod asks for, or ask for less.",
    ],
    casebook: include_str!("scc_denied.md"),
};

impl Check for SccDenied {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::SecurityContextConstraints, report);
    }
}
