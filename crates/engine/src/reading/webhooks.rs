//! Configurations of admission webhooks: whom they call, what they see, and whether that works.

use std::collections::BTreeMap;

use dogwatch_model::{
    Evidence, Kind, ObjectRef, Severity, Source,
    snapshot::{ServiceReference, Webhook, WebhookConfiguration},
};
use jiff::SignedDuration;

use super::callees::{Backend, Backends};
use crate::{
    check::{Report, Subject},
    cite,
    view::View,
};

/// Installers write the configuration first and start the backend then.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

/// What the API server says of a request that lasted too long.
pub(crate) const TIMED_OUT: &str = "request did not complete within requested timeout";

/// Every configuration with its kind.
pub(crate) fn configurations<'a>(
    view: &View<'a>,
) -> impl Iterator<Item = (Kind, &'a WebhookConfiguration)> + use<'a> {
    let snapshot = view.snapshot;
    let validating = snapshot.validating_webhooks.iter();
    let mutating = snapshot.mutating_webhooks.iter();
    validating
        .map(|known| (Kind::ValidatingWebhookConfiguration, known))
        .chain(mutating.map(|known| (Kind::MutatingWebhookConfiguration, known)))
}

/// The configuration that a finding is about.
pub(crate) fn configuration<'a>(
    view: &View<'a>,
    object: &ObjectRef,
) -> Option<&'a WebhookConfiguration> {
    configurations(view)
        .find(|(kind, known)| *kind == object.kind && known.meta.name == object.name)
        .map(|(_, known)| known)
}

/// True when a call that fails refuses the request: the default.
pub(crate) fn refuses(webhook: &Webhook) -> bool {
    webhook.failure_policy != "Ignore"
}

/// True when it is asked about new Pods.
pub(crate) fn sees_new_pods(webhook: &Webhook) -> bool {
    let has = |list: &[dogwatch_model::wire::Text], words: &[&str]| {
        list.iter().any(|known| words.contains(&&**known))
    };
    webhook.rules.iter().any(|rule| {
        has(&rule.api_groups, &["", "*"])
            && has(&rule.resources, &["pods", "*", "*/*"])
            && has(&rule.operations, &["CREATE", "*"])
    })
}

/// A Service that webhooks of one configuration call in vain.
#[derive(Debug)]
pub(crate) struct Broken<'a> {
    pub(crate) kind: Kind,
    pub(crate) configuration: &'a WebhookConfiguration,
    pub(crate) service: &'a ServiceReference,
    /// The webhooks that refuse what they cannot ask about.
    pub(crate) webhooks: Vec<&'a Webhook>,
    pub(crate) backend: Backend,
}

/// Every Service that refusing webhooks call and that is not known to be fine.
pub(crate) fn broken<'a>(view: &View<'a>) -> Vec<Broken<'a>> {
    let backends = Backends::read(view);
    let mut found = Vec::new();
    for (kind, configuration) in configurations(view) {
        let created = configuration.meta.created;
        if created.is_some_and(|at| view.now().duration_since(at) < PATIENCE) {
            continue;
        }
        let mut called: BTreeMap<(&str, &str), (&ServiceReference, Vec<&Webhook>)> =
            BTreeMap::new();
        for webhook in configuration.webhooks.iter().filter(|known| refuses(known)) {
            if let Some(service) = &webhook.client_config.service {
                let entry = called.entry((&service.namespace, &service.name));
                entry.or_insert((service, Vec::new())).1.push(webhook);
            }
        }
        for (service, webhooks) in called.into_values() {
            let backend = backends.state(view, service);
            if backend != Backend::Fine {
                found.push(Broken {
                    kind,
                    configuration,
                    service,
                    webhooks,
                    backend,
                });
            }
        }
    }
    found
}

/// Reports configurations that call in vain, before any request has failed.
pub(crate) fn report(
    view: &View<'_>,
    report: &mut Report<'_>,
    is_meant: impl Fn(&Backend) -> Option<Evidence>,
    needs: Source,
) {
    for broken in broken(view) {
        let object = cite::object(broken.kind, &broken.configuration.meta);
        if broken.backend == Backend::Unknown(needs) {
            report.undecided(object, needs);
            continue;
        }
        let Some(fact) = is_meant(&broken.backend) else {
            continue;
        };
        let is_wide = broken.webhooks.iter().any(|webhook| sees_new_pods(webhook));
        let severity = if is_wide {
            Severity::Critical
        } else {
            Severity::Warning
        };
        let subject = Subject::of(object.clone())
            .detail(format!(
                "{}/{}",
                broken.service.namespace, broken.service.name
            ))
            .severity(severity);
        let policies = broken.webhooks.iter().take(4).map(|webhook| {
            let value = format!("{} failurePolicy=Fail", webhook.name);
            cite::spec(&object, "webhooks", value)
        });
        report.found(subject, fact, policies);
    }
}
