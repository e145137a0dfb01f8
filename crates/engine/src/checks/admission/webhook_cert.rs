#![doc = include_str!("webhook_cert.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// The certificate of an admission webhook is not trusted.
#[derive(Debug)]
pub(crate) struct WebhookCert;

static META: Meta = Meta {
    id: CheckId::new("admission/webhook-cert"),
    kind: FindingKind::Admission(AdmissionFinding::WebhookCert),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &["Renew the serving certificate or correct caBundle in the webhook configuration."],
    casebook: include_str!("webhook_cert.md"),
};

impl Check for WebhookCert {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::WebhookCert, report);
    }
}
