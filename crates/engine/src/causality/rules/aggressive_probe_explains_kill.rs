#![doc = include_str!("aggressive_probe_explains_kill.md")]

use dogwatch_model::{EdgeStrength, Finding, FindingKind, ProbeFinding, RuleId};

use super::super::{Key, Rule, RuleMeta, key::container_key};
use crate::View;

/// A probe without patience explains why it kills.
#[derive(Debug)]
pub(crate) struct AggressiveProbeExplainsKill;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("aggressive-probe-explains-kill"),
    because: "the probe of the same container gives up after a few seconds",
    strength: EdgeStrength::State,
    casebook: include_str!("aggressive_probe_explains_kill.md"),
};

impl Rule for AggressiveProbeExplainsKill {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if matches!(
            finding.kind,
            FindingKind::Probe(ProbeFinding::LivenessAggressive)
        ) {
            container_key(finding)
        } else {
            Vec::new()
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if matches!(
            finding.kind,
            FindingKind::Probe(ProbeFinding::LivenessKilling)
        ) {
            container_key(finding)
        } else {
            Vec::new()
        }
    }
}
