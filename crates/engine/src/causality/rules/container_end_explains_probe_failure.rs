#![doc = include_str!("container_end_explains_probe_failure.md")]

use dogwatch_model::{ContainerFinding, EdgeStrength, Finding, FindingKind, RuleId, Severity};

use super::super::{
    Key, Link, Rule, RuleMeta,
    key::{container_key, pod_of},
};
use super::container_end_explains_crash_loop::ends_container;
use crate::{View, view::not_before};

/// A container that ends by itself cannot answer its probes.
#[derive(Debug)]
pub(crate) struct ContainerEndExplainsProbeFailure;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("container-end-explains-probe-failure"),
    because: "the container was not running, or just restarted, when it was probed",
    strength: EdgeStrength::State,
    casebook: include_str!("container_end_explains_probe_failure.md"),
};

impl Rule for ContainerEndExplainsProbeFailure {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_stop = FindingKind::Container(ContainerFinding::GracefulStopTimeout);
        let is_container = matches!(
            finding.kind,
            FindingKind::Container(_) | FindingKind::Config(_)
        );
        let ends = is_container
            && finding.kind != is_stop
            && finding.severity != Severity::Info
            && ends_container(finding.kind);
        if ends {
            container_key(finding)
        } else {
            Vec::new()
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Probe(_) => container_key(finding),
            _ => Vec::new(),
        }
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        // Only the last end has a time; with more restarts there were earlier ones.
        let mut statuses = pod_of(view, cause)?.container_statuses();
        let ended_once = statuses
            .find(|known| known.name == cause.container)
            .is_some_and(|known| known.restart_count <= 1);
        (!ended_once || not_before(effect.since, cause.since)).then(Link::proven)
    }
}
