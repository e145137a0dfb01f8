#![doc = include_str!("backend_trouble_explains_registration_down.md")]

use dogwatch_model::{
    AdmissionFinding, ControlPlaneFinding, EdgeStrength, Finding, FindingKind, NetworkFinding,
    OperatorFinding, RuleId, WorkloadFinding, wire::Text,
};

use super::super::{Key, Rule, RuleMeta};
use crate::{View, reading::webhooks};

/// A Service that leads nowhere explains that a webhook, an aggregated API or a conversion does not answer.
#[derive(Debug)]
pub(crate) struct BackendTroubleExplainsRegistrationDown;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("backend-trouble-explains-registration-down"),
    because: "the API server calls this Service",
    strength: EdgeStrength::Hard,
    casebook: include_str!("backend_trouble_explains_registration_down.md"),
};

impl Rule for BackendTroubleExplainsRegistrationDown {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Network(NetworkFinding::ServiceNoReadyEndpoints) => vec![Key::Service(
                finding.object.namespace.clone(),
                finding.object.name.clone(),
            )],
            FindingKind::Admission(_)
            | FindingKind::Operator(OperatorFinding::OperatorDown)
            | FindingKind::Workload(
                WorkloadFinding::PodsNotCreated | WorkloadFinding::RsCreateError,
            ) => services_of(view, finding),
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let object = &finding.object;
        let called: Vec<(Text, Text)> = match finding.kind {
            FindingKind::Admission(AdmissionFinding::WebhookUnreachable) => {
                let known = webhooks::configuration(view, object).into_iter();
                let known = known.flat_map(|known| known.webhooks.iter());
                let called = known.filter_map(|webhook| webhook.client_config.service.as_ref());
                let called =
                    called.map(|service| (service.namespace.clone(), service.name.clone()));
                // The configuration may call others, which answer.
                called
                    .filter(|(namespace, name)| finding.detail == format!("{namespace}/{name}"))
                    .take(1)
                    .collect()
            }
            FindingKind::ControlPlane(ControlPlaneFinding::AggregatedApiDown) => {
                let mut known = view.snapshot.api_services.iter();
                let api = known.find(|api| api.meta.name == object.name);
                let service = api.and_then(|api| api.spec.service.as_ref());
                service
                    .map(|known| (known.namespace.clone(), known.name.clone()))
                    .into_iter()
                    .collect()
            }
            FindingKind::Operator(OperatorFinding::ConversionWebhook) => {
                let place = finding.detail.split_once('/');
                place
                    .map(|(namespace, name)| (namespace.into(), name.into()))
                    .into_iter()
                    .collect()
            }
            _ => return Vec::new(),
        };
        called
            .into_iter()
            .map(|(namespace, name)| Key::Service(namespace, name))
            .collect()
    }
}

/// Services that lead to the Pods of the workload of a finding.
fn services_of(view: &View<'_>, finding: &Finding) -> Vec<Key> {
    let Some(rollout) = view.rollout(&finding.object) else {
        return Vec::new();
    };
    let labels = &rollout.workload.template().labels;
    let services = view.snapshot.services.iter().filter(|service| {
        let selector = &service.spec.selector;
        service.meta.namespace == finding.object.namespace
            && !selector.is_empty()
            && selector
                .iter()
                .all(|(key, value)| labels.get(key) == Some(value))
    });
    services
        .map(|service| Key::Service(service.meta.namespace.clone(), service.meta.name.clone()))
        .collect()
}
