#![doc = include_str!("apf_reject.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// The API server turns the requests of a controller away because there are too many.
#[derive(Debug)]
pub(crate) struct ApfReject;

static META: Meta = Meta {
    id: CheckId::new("admission/apf-reject"),
    kind: FindingKind::Admission(AdmissionFinding::ApfReject),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &[
        "Find the client that asks most, by its user agent; look at the priority level of the controller.",
    ],
    casebook: include_str!("apf_reject.md"),
};

impl Check for ApfReject {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::TooManyRequests, report);
    }
}
