#![doc = include_str!("stuck_finalizer_explains_stuck_deletion.md")]

use dogwatch_model::{
    EdgeStrength, Finding, FindingKind, Kind, LifecycleFinding, OperatorFinding, PodFinding,
    RuleId, wire::Text,
};

use super::super::{
    Key, Link, Rule, RuleMeta,
    key::{object_key, pod_key},
};
use crate::View;

/// An object that a finalizer holds explains why what contains it does not go.
#[derive(Debug)]
pub(crate) struct StuckFinalizerExplainsStuckDeletion;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("stuck-finalizer-explains-stuck-deletion"),
    because: "the object is in the Namespace and carries the finalizer that its conditions name",
    strength: EdgeStrength::Text,
    casebook: include_str!("stuck_finalizer_explains_stuck_deletion.md"),
};

impl Rule for StuckFinalizerExplainsStuckDeletion {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let object = &finding.object;
        if finding.kind != FindingKind::Lifecycle(LifecycleFinding::FinalizerStuck) {
            return Vec::new();
        }
        let namespace = Key::Object(Kind::Namespace, Text::default(), object.namespace.clone());
        let mut keys = pod_key(finding);
        keys.push(namespace);
        keys.extend(definition(object.kind));
        keys
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Lifecycle(LifecycleFinding::NamespaceStuck)
            | FindingKind::Operator(OperatorFinding::CrdTerminating) => object_key(&finding.object),
            FindingKind::Pod(PodFinding::StuckTerminating) => pod_key(finding),
            _ => Vec::new(),
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        if effect.object.kind != Kind::Namespace {
            return Some(Link::proven());
        }
        let names = cause.detail.split(", ");
        let mut facts = effect.evidence.iter();
        let fact = facts.find(|fact| names.clone().any(|name| fact.value.contains(name)))?;
        Some(Link::proven_by(vec![fact.clone()]))
    }
}

/// The definition of a custom kind: it goes after the last object of the kind.
fn definition(kind: Kind) -> Option<Key> {
    let Kind::Custom(custom) = kind else {
        return None;
    };
    let info = custom.info();
    let name = Text::from(format!("{}.{}", info.plural, info.group));
    Some(Key::Object(
        Kind::CustomResourceDefinition,
        Text::default(),
        name,
    ))
}
