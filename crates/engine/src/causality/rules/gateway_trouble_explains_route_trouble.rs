#![doc = include_str!("gateway_trouble_explains_route_trouble.md")]

use dogwatch_model::{EdgeStrength, Finding, FindingKind, NetworkFinding, RuleId};

use super::super::{
    Key, Link, Rule, RuleMeta,
    key::{custom_of, object_key},
};
use crate::{View, reading::gateways};

/// A Gateway that does not work explains why its routes do not.
#[derive(Debug)]
pub(crate) struct GatewayTroubleExplainsRouteTrouble;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("gateway-trouble-explains-route-trouble"),
    because: "the route names the Gateway in its parentRefs",
    strength: EdgeStrength::Hard,
    casebook: include_str!("gateway_trouble_explains_route_trouble.md"),
};

impl Rule for GatewayTroubleExplainsRouteTrouble {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if is_meant(finding) && finding.object.kind.is_custom(gateways::GROUP, "Gateway") {
            object_key(&finding.object)
        } else {
            Vec::new()
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let kind = finding.object.kind;
        let is_route = gateways::ROUTES
            .iter()
            .any(|name| kind.is_custom(gateways::GROUP, name));
        if !is_route || !is_meant(finding) {
            return Vec::new();
        }
        let route = custom_of(view, finding);
        let parents = route.into_iter().flat_map(gateways::parents);
        parents.flat_map(|parent| object_key(&parent)).collect()
    }

    fn relates(&self, _view: &View<'_>, _cause: &Finding, effect: &Finding) -> Option<Link> {
        // A backend that does not exist is a fault of the route itself.
        let is_own = effect.detail == "BackendNotFound" || effect.detail == "RefNotPermitted";
        (!is_own).then(Link::proven)
    }
}

fn is_meant(finding: &Finding) -> bool {
    matches!(
        finding.kind,
        FindingKind::Network(
            NetworkFinding::GatewayNotTakenUp | NetworkFinding::GatewayNotProgrammed
        )
    )
}
