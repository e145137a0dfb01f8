#![doc = include_str!("ingress_controller_down_explains_ingress_alone.md")]

use dogwatch_model::{
    EdgeStrength, Finding, FindingKind, Kind, NetworkFinding, RuleId, wire::Text,
};

use super::super::{Key, Rule, RuleMeta};
use crate::{View, reading::ingresses};

/// A controller that does not run explains why its Ingresses are not taken up.
#[derive(Debug)]
pub(crate) struct IngressControllerDownExplainsIngressAlone;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("ingress-controller-down-explains-ingress-alone"),
    because: "the workload is the controller of the class that the Ingress asks for",
    strength: EdgeStrength::Hard,
    casebook: include_str!("ingress_controller_down_explains_ingress_alone.md"),
};

impl Rule for IngressControllerDownExplainsIngressAlone {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if finding.kind != FindingKind::Network(NetworkFinding::IngressControllerDown) {
            return Vec::new();
        }
        let Some(rollout) = view.rollout(&finding.object) else {
            return Vec::new();
        };
        let served = ingresses::CONTROLLERS
            .iter()
            .filter(|(_, apps)| ingresses::is_controller(rollout, apps));
        served.map(|(controller, _)| key(controller)).collect()
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if finding.kind != FindingKind::Network(NetworkFinding::IngressNotTakenUp) {
            return Vec::new();
        }
        let asked = ingresses::all(view)
            .find(|known| {
                known.meta.name == finding.object.name
                    && known.meta.namespace == finding.object.namespace
            })
            .and_then(|known| ingresses::asked_class(view, known));
        let class = asked.and_then(|name| ingresses::class_named(view, name));
        class
            .map(|class| vec![key(&class.spec.controller)])
            .unwrap_or_default()
    }
}

/// All classes of one controller have one key.
fn key(controller: &str) -> Key {
    Key::Object(Kind::IngressClass, Text::default(), Text::from(controller))
}
