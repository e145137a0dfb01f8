#![doc = include_str!("uninitialized_cloud_explains_uninitialized_capi.md")]

use dogwatch_model::{EdgeStrength, Finding, FindingKind, NodeFinding, RuleId};

use super::super::{Key, Link, Rule, RuleMeta};
use crate::{View, cite};

/// A node without provider id cannot be matched with its Machine.
#[derive(Debug)]
pub(crate) struct UninitializedCloudExplainsUninitializedCapi;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("uninitialized-cloud-explains-uninitialized-capi"),
    because: "Cluster API waits for the provider id that the cloud controller sets",
    strength: EdgeStrength::State,
    casebook: include_str!("uninitialized_cloud_explains_uninitialized_capi.md"),
};

impl Rule for UninitializedCloudExplainsUninitializedCapi {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Node(NodeFinding::UninitializedCloud) => {
                vec![Key::Node(finding.object.name.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Node(NodeFinding::UninitializedCapi) => {
                vec![Key::Node(finding.object.name.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn relates(&self, view: &View<'_>, _cause: &Finding, effect: &Finding) -> Option<Link> {
        let node = view.snapshot.node(&effect.object.name)?;
        let fact = cite::spec(&effect.object, "spec.providerID", "not set");
        node.spec
            .provider_id
            .is_empty()
            .then(|| Link::proven_by(vec![fact]))
    }
}
