#![doc = include_str!("serviceaccount_missing.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// The ServiceAccount of the Pod does not exist.
#[derive(Debug)]
pub(crate) struct ServiceAccountMissing;

static META: Meta = Meta {
    id: CheckId::new("admission/serviceaccount-missing"),
    kind: FindingKind::Admission(AdmissionFinding::ServiceAccountMissing),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &["Create the ServiceAccount, or correct serviceAccountName in the template."],
    casebook: include_str!("serviceaccount_missing.md"),
};

impl Check for ServiceAccountMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::ServiceAccountMissing, report);
    }
}
