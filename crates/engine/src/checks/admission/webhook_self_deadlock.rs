#![doc = include_str!("webhook_self_deadlock.md")]

use dogwatch_model::{
    AdmissionFinding, CheckId, FindingKind, Kind, Source,
    snapshot::{Service, Webhook},
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{
        callees::{self, Backend},
        webhooks,
    },
    rollout::Rollout,
    view::View,
};

/// A webhook refuses the Pods that would answer it.
#[derive(Debug)]
pub(crate) struct WebhookSelfDeadlock;

static META: Meta = Meta {
    id: CheckId::new("admission/webhook-self-deadlock"),
    kind: FindingKind::Admission(AdmissionFinding::WebhookSelfDeadlock),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &[
        "Have the owner exclude the Namespace of the webhook from it, or set failurePolicy Ignore until the backend runs; then restore the rule.",
    ],
    casebook: include_str!("webhook_self_deadlock.md"),
};

impl Check for WebhookSelfDeadlock {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for broken in webhooks::broken(view) {
            let Backend::Empty(empty) = &broken.backend else {
                continue;
            };
            let named = (&*broken.service.namespace, &*broken.service.name);
            let Some(service) = view.snapshot.service(named.0, named.1) else {
                continue;
            };
            if !callees::is_whole(view, Source::Objects(Kind::Pod), named.0) {
                continue;
            }
            // Pods that exist may come back without being created anew.
            if callees::pods(view, service).any(|pod| !pod.is_finished()) {
                continue;
            }
            let Some(workload) = backend_of(view, service) else {
                continue;
            };
            let own = broken.webhooks.iter().find(|webhook| {
                webhooks::sees_new_pods(webhook) && sees_own(view, webhook, workload)
            });
            let Some(webhook) = own else { continue };
            let object = cite::object(broken.kind, &broken.configuration.meta);
            let policy = format!("{} failurePolicy=Fail", webhook.name);
            let subject = Subject::of(object.clone()).detail(&*webhook.name);
            let wanted = cite::spec(&workload.object, "spec.replicas", workload.desired);
            report.found(
                subject,
                cite::spec(&object, "webhooks", policy),
                [empty.clone(), wanted],
            );
        }
    }
}

/// The workload whose Pods the Service should lead to.
fn backend_of<'v, 'a>(view: &'v View<'a>, service: &Service) -> Option<&'v Rollout<'a>> {
    let selector = &service.spec.selector;
    view.rollouts.iter().find(|rollout| {
        let labels = &rollout.workload.template().labels;
        let mut wanted = selector.iter();
        rollout.meta().namespace == *service.meta.namespace
            && rollout.desired > 0
            && !selector.is_empty()
            && wanted.all(|(key, value)| labels.get(key) == Some(value))
    })
}

/// True when the selectors of the webhook match its own backend. Expressions may exclude it in ways
/// that are not known here.
fn sees_own(view: &View<'_>, webhook: &Webhook, workload: &Rollout<'_>) -> bool {
    let name = &workload.meta().namespace;
    let namespace = view
        .snapshot
        .namespaces
        .iter()
        .find(|known| known.meta.name == *name);
    let Some(namespace) = namespace else {
        return false;
    };
    webhook.match_conditions.is_empty()
        && webhook.namespace_selector.matches(&namespace.meta.labels)
        && webhook
            .object_selector
            .matches(&workload.workload.template().labels)
}
