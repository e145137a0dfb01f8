#![doc = include_str!("release_trouble_explains_controller_failure.md")]

use dogwatch_model::{
    ClusterApiFinding, EdgeStrength, Finding, FindingKind, GitopsFinding, RuleId,
};

use super::super::{Key, Rule, RuleMeta, key::own_key};
use crate::View;

/// What stopped Helm is what its controller reports.
#[derive(Debug)]
pub(crate) struct ReleaseTroubleExplainsControllerFailure;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("release-trouble-explains-controller-failure"),
    because: "the controller repeats what stopped the release",
    strength: EdgeStrength::Hard,
    casebook: include_str!("release_trouble_explains_controller_failure.md"),
};

impl Rule for ReleaseTroubleExplainsControllerFailure {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Release(_) => vec![own_key(finding)],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::ClusterApi(ClusterApiFinding::HrpHelmFailed)
            | FindingKind::Gitops(
                GitopsFinding::FluxReleaseFailed | GitopsFinding::FluxRetriesExhausted,
            ) => vec![own_key(finding)],
            _ => Vec::new(),
        }
    }
}
