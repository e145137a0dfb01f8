#![doc = include_str!("webhook_unreachable.md")]

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

/// An admission webhook does not answer and failing calls refuse.
#[derive(Debug)]
pub(crate) struct WebhookUnreachable;

static META: Meta = Meta {
    id: CheckId::new("admission/webhook-unreachable"),
    kind: FindingKind::Admission(AdmissionFinding::WebhookUnreachable),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &[
        "Bring the backend of the webhook back: its Service, endpoints and Pods.",
        "Every object that the webhook matches is blocked, its own Pods perhaps included.",
    ],
    casebook: include_str!("webhook_unreachable.md"),
};

impl Check for WebhookUnreachable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::WebhookUnreachable, report);
        let empty = |backend: &Backend| match backend {
            Backend::Empty(fact) => Some(fact.clone()),
            _ => None,
        };
        webhooks::report(view, report, empty, Source::Objects(Kind::EndpointSlice));
    }
}
