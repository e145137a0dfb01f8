#![doc = include_str!("crd_conversion_webhook.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, OperatorFinding};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{
        callees::{Backend, Backends},
        mentions::{self, Words},
    },
    view::View,
};

/// Objects of a kind cannot be converted between their versions.
#[derive(Debug)]
pub(crate) struct ConversionWebhook;

static META: Meta = Meta {
    id: CheckId::new("operator/crd-conversion-webhook"),
    kind: FindingKind::Operator(OperatorFinding::ConversionWebhook),
    needs: sources::DEFINITIONS,
    advice: &[
        "Bring the operator back that converts the versions, and compare caBundle with its certificate.",
    ],
    casebook: include_str!("crd_conversion_webhook.md"),
};

impl Check for ConversionWebhook {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let backends = Backends::read(view);
        for definition in &view.snapshot.definitions {
            let conversion = &definition.spec.conversion;
            let called = conversion.webhook.client_config.service.as_ref();
            let Some(service) = called.filter(|_| conversion.strategy == "Webhook") else {
                continue;
            };
            let object = cite::object(Kind::CustomResourceDefinition, &definition.meta);
            let created = definition.meta.created;
            if created.is_some_and(|at| view.now().duration_since(at) < PATIENCE) {
                continue;
            }
            let fact = match backends.state(view, service) {
                Backend::Missing(fact) | Backend::Empty(fact) => fact,
                Backend::Unknown(needs) => {
                    report.undecided(object, needs);
                    continue;
                }
                Backend::Fine => continue,
            };
            let subject = Subject::of(object.clone())
                .detail(format!("{}/{}", service.namespace, service.name));
            let strategy = cite::spec(&object, "spec.conversion.strategy", "Webhook");
            report.found(subject, fact, [strategy]);
        }
        mentions::report(view, Words::ConversionWebhook, 1, report);
    }
}

/// Installers write the definition first and start the operator then.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);
