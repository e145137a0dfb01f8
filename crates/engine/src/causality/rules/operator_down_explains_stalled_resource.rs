#![doc = include_str!("operator_down_explains_stalled_resource.md")]

use dogwatch_model::{EdgeStrength, Finding, FindingKind, OperatorFinding, RuleId};

use super::super::{Key, Link, Rule, RuleMeta};
use crate::{View, cite, reading::conditions};

/// An operator that does not run explains that its resources stand still.
#[derive(Debug)]
pub(crate) struct OperatorDownExplainsStalledResource;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("operator-down-explains-stalled-resource"),
    because: "the operator has not seen the present spec",
    strength: EdgeStrength::Text,
    casebook: include_str!("operator_down_explains_stalled_resource.md"),
};

impl Rule for OperatorDownExplainsStalledResource {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Operator(OperatorFinding::OperatorDown) => vec![Key::Cluster],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Operator(OperatorFinding::ReconcileError | OperatorFinding::CrInvalid) => {
                vec![Key::Cluster]
            }
            _ => Vec::new(),
        }
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let mut known = view.snapshot.customs.iter();
        let object = known.find(|known| {
            known.kind == effect.object.kind
                && known.meta.name == effect.object.name
                && known.meta.namespace == effect.object.namespace
        })?;
        let info = effect.object.kind.info();
        let (group, kind) = (
            info.group.to_ascii_lowercase(),
            info.name.to_ascii_lowercase(),
        );
        let mut parts = cause.object.name.split('-').filter(|part| !is_filler(part));
        let is_own = parts.any(|part| group.contains(part) || kind.contains(part));
        if !is_own || !conditions::is_behind(object) {
            return None;
        }
        let seen = object.observed_generation.unwrap_or_default();
        let fact = cite::status(&effect.object, "status.observedGeneration", seen);
        Some(Link::proven_by(vec![fact]))
    }
}

/// Parts of the names of operators that say nothing about what they operate.
fn is_filler(part: &str) -> bool {
    part.len() < 3
        || matches!(
            part,
            "operator" | "controller" | "manager" | "system" | "webhook"
        )
}
