#![doc = include_str!("stuck_namespace_explains_refusal.md")]

use dogwatch_model::{
    AdmissionFinding, EdgeStrength, Finding, FindingKind, Kind, LifecycleFinding, RuleId,
    wire::Text,
};

use super::super::{Key, Rule, RuleMeta, key::object_key};
use crate::View;

/// A Namespace that shall be gone explains why nothing can be made in it.
#[derive(Debug)]
pub(crate) struct StuckNamespaceExplainsRefusal;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("stuck-namespace-explains-refusal"),
    because: "the Namespace is being deleted",
    strength: EdgeStrength::Hard,
    casebook: include_str!("stuck_namespace_explains_refusal.md"),
};

impl Rule for StuckNamespaceExplainsRefusal {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if matches!(
            finding.kind,
            FindingKind::Lifecycle(LifecycleFinding::NamespaceStuck)
        ) {
            object_key(&finding.object)
        } else {
            Vec::new()
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Admission(AdmissionFinding::NamespaceTerminating) => vec![Key::Object(
                Kind::Namespace,
                Text::default(),
                finding.object.namespace.clone(),
            )],
            _ => Vec::new(),
        }
    }
}
