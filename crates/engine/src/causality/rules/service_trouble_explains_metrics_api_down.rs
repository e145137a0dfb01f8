#![doc = include_str!("service_trouble_explains_metrics_api_down.md")]

use dogwatch_model::{
    AutoscalingFinding, EdgeStrength, Finding, FindingKind, Kind, NetworkFinding, RuleId, Severity,
};

use super::super::{Key, Rule, RuleMeta};
use crate::View;

/// The aggregator reaches a metrics API through its Service; without endpoints the API is not available.
#[derive(Debug)]
pub(crate) struct ServiceTroubleExplainsMetricsApiDown;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("service-trouble-explains-metrics-api-down"),
    because: "the API is served through this Service",
    strength: EdgeStrength::Hard,
    casebook: include_str!("service_trouble_explains_metrics_api_down.md"),
};

impl Rule for ServiceTroubleExplainsMetricsApiDown {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_trouble = matches!(
            finding.kind,
            FindingKind::Network(
                NetworkFinding::ServiceNoReadyEndpoints
                    | NetworkFinding::ServiceSelectorMismatch
                    | NetworkFinding::ServiceTargetPortMismatch
                    | NetworkFinding::ServiceMissing
            )
        );
        let object = &finding.object;
        // One port of several that nobody asks for is a note, and not the one of the API.
        let is_note = finding.severity == Severity::Info;
        if is_trouble && !is_note && object.kind == Kind::Service {
            vec![Key::Service(object.namespace.clone(), object.name.clone())]
        } else {
            Vec::new()
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if finding.kind != FindingKind::Autoscaling(AutoscalingFinding::MetricsApiServiceDown) {
            return Vec::new();
        }
        let mut all = view.snapshot.api_services.iter();
        let own = all.find(|api| api.meta.name == *finding.object.name);
        let service = own.and_then(|api| api.spec.service.as_ref());
        service
            .map(|service| {
                vec![Key::Service(
                    service.namespace.clone(),
                    service.name.clone(),
                )]
            })
            .unwrap_or_default()
    }
}
