#![doc = include_str!("pod_trouble_explains_service_without_endpoints.md")]

use dogwatch_model::{
    ContainerFinding, EdgeStrength, Finding, FindingKind, Kind, NetworkFinding, PodFinding, RuleId,
    Severity,
};

use super::{
    super::{Key, Rule, RuleMeta, key::pod_of},
    pod_trouble_explains_pod_not_ready::stops_pod,
};
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
        let is_trouble = stops_pod(finding.kind)
            || matches!(
                finding.kind,
                FindingKind::Scheduling(_)
                    | FindingKind::Container(ContainerFinding::StuckCreating)
                    | FindingKind::Pod(PodFinding::NotReady)
            );
        let is_fault = is_trouble
            && finding.severity != Severity::Info
            && finding.kind != FindingKind::Container(ContainerFinding::AppErrorLogged);
        let Some(pod) = pod_of(view, finding).filter(|_| is_fault) else {
            return Vec::new();
        };
        // Such Pods would not be endpoints in any case.
        if pod.is_finished() || pod.meta.is_terminating() {
            return Vec::new();
        }
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
