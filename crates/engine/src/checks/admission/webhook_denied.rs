#![doc = include_str!("webhook_denied.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// An admission webhook refuses the Pod.
#[derive(Debug)]
pub(crate) struct WebhookDenied;

static META: Meta = Meta {
    id: CheckId::new("admission/webhook-denied"),
    kind: FindingKind::Admission(AdmissionFinding::WebhookDenied),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &[
        "Read the reason that the webhook gives and correct the template, or talk to the owner of the policy.",
    ],
    casebook: include_str!("webhook_denied.md"),
};

impl Check for WebhookDenied {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::WebhookDenied, report);
    }
}
