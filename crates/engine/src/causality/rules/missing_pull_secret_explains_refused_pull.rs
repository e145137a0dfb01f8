#![doc = include_str!("missing_pull_secret_explains_refused_pull.md")]

use dogwatch_model::{ConfigFinding, EdgeStrength, Finding, FindingKind, ImageFinding, RuleId};

use super::super::{Key, Rule, RuleMeta, key::pod_key};
use crate::View;

/// A Secret for pulls that does not exist explains why the registry refuses.
#[derive(Debug)]
pub(crate) struct MissingPullSecretExplainsRefusedPull;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("missing-pull-secret-explains-refused-pull"),
    because: "the Pod names this Secret for its pulls",
    strength: EdgeStrength::Hard,
    casebook: include_str!("missing_pull_secret_explains_refused_pull.md"),
};

impl Rule for MissingPullSecretExplainsRefusedPull {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if matches!(
            finding.kind,
            FindingKind::Config(ConfigFinding::PullSecretMissing)
        ) {
            pod_key(finding)
        } else {
            Vec::new()
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if matches!(finding.kind, FindingKind::Image(ImageFinding::Unauthorized)) {
            pod_key(finding)
        } else {
            Vec::new()
        }
    }
}
