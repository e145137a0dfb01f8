#![doc = include_str!("changed_config_explains_container_end.md")]

use dogwatch_model::{
    ConfigFinding, EdgeStrength, Finding, FindingKind, ProbeFinding, RuleId, Severity,
};

use super::super::{Key, Link, Rule, RuleMeta, key::container_key};
use super::container_end_explains_crash_loop::ends_container;
use crate::View;

/// A change of what a container is configured with explains why it fails since.
#[derive(Debug)]
pub(crate) struct ChangedConfigExplainsContainerEnd;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("changed-config-explains-container-end"),
    because: "the container uses it, and failed within minutes of its change",
    strength: EdgeStrength::State,
    casebook: include_str!("changed_config_explains_container_end.md"),
};

impl Rule for ChangedConfigExplainsContainerEnd {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Config(ConfigFinding::ConfigDrift)
                if finding.severity != Severity::Info =>
            {
                container_key(finding)
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_end = ends_container(finding.kind)
            || matches!(
                finding.kind,
                FindingKind::Probe(ProbeFinding::ReadinessFailing)
            );
        if is_end {
            container_key(finding)
        } else {
            Vec::new()
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let is_old_value = cause.detail.ends_with("old values");
        let is_login = matches!(
            effect.kind,
            FindingKind::Config(ConfigFinding::SecretCredentialWrong)
        );
        (!is_old_value || is_login).then(Link::proven)
    }
}
