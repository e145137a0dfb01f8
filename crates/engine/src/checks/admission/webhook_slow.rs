#![doc = include_str!("webhook_slow.md")]

use dogwatch_model::{AdmissionFinding, CheckId, FindingKind, Kind, snapshot::Webhook};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::webhooks,
    view::View,
};

/// Webhooks that are asked about new Pods may together take longer than a request lasts.
#[derive(Debug)]
pub(crate) struct WebhookSlow;

static META: Meta = Meta {
    id: CheckId::new("admission/webhook-slow"),
    kind: FindingKind::Admission(AdmissionFinding::WebhookSlow),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &[
        "Bring slow or dead webhooks back, and lower timeoutSeconds of those that may be skipped.",
    ],
    casebook: include_str!("webhook_slow.md"),
};

impl Check for WebhookSlow {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let slow = view.rejections.iter().find(|known| {
            let mut facts = known.evidence.iter();
            facts.any(|fact| fact.value.contains(webhooks::TIMED_OUT))
        });
        let Some(slow) = slow else { return };
        let asked = |kind: Kind| {
            let known = webhooks::configurations(view).filter(move |(known, _)| *known == kind);
            known.flat_map(|(_, configuration)| {
                let seen = configuration
                    .webhooks
                    .iter()
                    .filter(|known| webhooks::sees_new_pods(known));
                seen.map(move |webhook| (configuration, webhook))
            })
        };
        let seconds = |webhook: &Webhook| webhook.timeout_seconds.unwrap_or(DEFAULT_SECONDS);
        let mutating: Vec<_> = asked(Kind::MutatingWebhookConfiguration).collect();
        let one_after_another: i64 = mutating.iter().map(|(_, webhook)| seconds(webhook)).sum();
        let beside =
            asked(Kind::ValidatingWebhookConfiguration).map(|(_, webhook)| seconds(webhook));
        let total = one_after_another + beside.max().unwrap_or(0);
        let Some((configuration, _)) = mutating.first().filter(|_| total >= LONG) else {
            return;
        };
        let object = cite::object(Kind::MutatingWebhookConfiguration, &configuration.meta);
        let facts = mutating.iter().map(|(configuration, webhook)| {
            let object = cite::object(Kind::MutatingWebhookConfiguration, &configuration.meta);
            let value = format!("{} {}", webhook.name, seconds(webhook));
            cite::spec(&object, "webhooks.timeoutSeconds", value)
        });
        let subject = Subject::of(object)
            .detail(format!("{total} s for {} webhooks", mutating.len()))
            .since(slow.since);
        let told = slow
            .evidence
            .iter()
            .find(|fact| fact.value.contains(webhooks::TIMED_OUT))
            .cloned();
        report.found_all(subject, told.into_iter().chain(facts));
    }
}

/// Seconds that a webhook may take when it does not say.
const DEFAULT_SECONDS: i64 = 10;

/// Half of what a request may last when nobody says otherwise.
const LONG: i64 = 30;
