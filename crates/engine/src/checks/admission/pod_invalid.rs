#![doc = include_str!("pod_invalid.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// The template makes invalid Pods.
#[derive(Debug)]
pub(crate) struct PodInvalid;

static META: Meta = Meta {
    id: CheckId::new("admission/pod-invalid"),
    kind: FindingKind::Admission(AdmissionFinding::PodInvalid),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &["Correct the field that the message names."],
    casebook: include_str!("pod_invalid.md"),
};

impl Check for PodInvalid {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::Invalid, report);
    }
}
