#![doc = include_str!("throttling_explains_probe_timeout.md")]

use dogwatch_model::{ContainerFinding, EdgeStrength, Finding, FindingKind, ProbeFinding, RuleId};

use super::super::{Key, Link, Rule, RuleMeta, key::container_key};
use crate::View;

/// A container that is held back at its CPU limit explains why its probe times out.
#[derive(Debug)]
pub(crate) struct ThrottlingExplainsProbeTimeout;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("throttling-explains-probe-timeout"),
    because: "the container is held back, and its probe gets no answer in time",
    strength: EdgeStrength::State,
    casebook: include_str!("throttling_explains_probe_timeout.md"),
};

impl Rule for ThrottlingExplainsProbeTimeout {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if matches!(
            finding.kind,
            FindingKind::Container(ContainerFinding::CpuThrottling)
        ) {
            container_key(finding)
        } else {
            Vec::new()
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if matches!(
            finding.kind,
            FindingKind::Probe(
                ProbeFinding::ReadinessFailing
                    | ProbeFinding::LivenessKilling
                    | ProbeFinding::StartupFailing
            )
        ) {
            container_key(finding)
        } else {
            Vec::new()
        }
    }

    fn relates(&self, _view: &View<'_>, _cause: &Finding, effect: &Finding) -> Option<Link> {
        effect.detail.contains("timeout").then(Link::proven)
    }
}
