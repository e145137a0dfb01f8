#![doc = include_str!("container_end_explains_probe_failure.md")]

use dogwatch_model::{ContainerFinding, EdgeStrength, Finding, FindingKind, RuleId};

use super::super::{
    Key, Link, Rule, RuleMeta,
    key::{container_key, pod_of},
};
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
        let FindingKind::Container(kind) = finding.kind else {
            return Vec::new();
        };
        let ends = !matches!(
            kind,
            ContainerFinding::CrashLoop
                | ContainerFinding::InitContainerFailing
                | ContainerFinding::InitContainerHang
                | ContainerFinding::StuckCreating
                | ContainerFinding::AppErrorLogged
                | ContainerFinding::GracefulStopTimeout
        );
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
