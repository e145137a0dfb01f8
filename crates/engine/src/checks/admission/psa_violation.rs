#![doc = include_str!("psa_violation.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// Pod Security Admission refuses the Pod.
#[derive(Debug)]
pub(crate) struct PsaViolation;

static META: Meta = Meta {
    id: CheckId::new("admission/psa-violation"),
    kind: FindingKind::Admission(AdmissionFinding::PsaViolation),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &[
        "Correct the securityContext fields that the message names, or the level of the Namespace.",
        "Pods that run stay; only new ones are refused.",
    ],
    casebook: include_str!("psa_violation.md"),
};

impl Check for PsaViolation {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::PodSecurity, report);
    }
}
