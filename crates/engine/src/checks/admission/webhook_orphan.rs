#![doc = include_str!("webhook_orphan.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{
        callees::Backend,
        rejections::{self, RejectClass},
        webhooks,
    },
    view::View,
};

/// A webhook configuration points to a Service that does not exist.
#[derive(Debug)]
pub(crate) struct WebhookOrphan;

static META: Meta = Meta {
    id: CheckId::new("admission/webhook-orphan"),
    kind: FindingKind::Admission(AdmissionFinding::WebhookOrphan),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &[
        "Restore the operator behind it, or have its owner remove the configuration that was left behind.",
    ],
    casebook: include_str!("webhook_orphan.md"),
};

impl Check for WebhookOrphan {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::WebhookOrphan, report);
        let missing = |backend: &Backend| match backend {
            Backend::Missing(fact) => Some(fact.clone()),
            _ => None,
        };
        webhooks::report(view, report, missing, Source::Objects(Kind::Service));
    }
}
