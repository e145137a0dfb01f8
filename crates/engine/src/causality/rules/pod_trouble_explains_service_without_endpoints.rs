#![doc = include_str!("pod_trouble_explains_service_without_endpoints.md")]

use dogwatch_model::{
    ContainerFinding, EdgeStrength, Finding, FindingKind, Kind, NetworkFinding, PodFinding, RuleId,
};

use super::super::{Key, Rule, RuleMeta, key::pod_of};
use crate::View;

/// Pods that are not ready leave their Service without endpoints.
#[derive(Debug)]
pub(crate) struct PodTroubleExplainsServiceWithoutEndpoints;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("pod-trouble-explains-service-without-endpoints"),
    because: "the Pods behind the Service are in this state",
    strength: EdgeStrength::Hard,
    casebook: include_str!("pod_trouble_explains_service_without_endpoints.md"),
};

impl Rule for PodTroubleExplainsServiceWithoutEndpoints {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_trouble = matches!(
            finding.kind,
            FindingKind::Container(_)
                | FindingKind::Image(_)
                | FindingKind::Probe(_)
                | FindingKind::Scheduling(_)
                | FindingKind::Pod(PodFinding::NotReady)
        ) && finding.kind
            != FindingKind::Container(ContainerFinding::AppErrorLogged);
        let Some(pod) = pod_of(view, finding).filter(|_| is_trouble) else {
            return Vec::new();
        };
        let services = view.snapshot.services.iter().filter(|service| {
            service.meta.namespace == *pod.meta.namespace
                && !service.spec.selector.is_empty()
                && service
                    .spec
                    .selector
                    .iter()
                    .all(|(key, value)| pod.meta.labels.get(key) == Some(value))
        });
        services
            .map(|service| Key::Service(service.meta.namespace.clone(), service.meta.name.clone()))
            .collect()
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Network(NetworkFinding::ServiceNoReadyEndpoints)
                if finding.object.kind == Kind::Service =>
            {
                vec![Key::Service(
                    finding.object.namespace.clone(),
                    finding.object.name.clone(),
                )]
            }
            _ => Vec::new(),
        }
    }
}
