#![doc = include_str!("cni_operator_missing_explains_agent_down.md")]

use dogwatch_model::{
    AddonFinding, ContainerFinding, EdgeStrength, Finding, FindingKind, Kind, NetworkFinding,
    RuleId, Source,
    snapshot::{LogExcerpt, Pod},
};

use super::super::{Key, Link, Rule, RuleMeta, key::pod_of};
use crate::{
    View, cite,
    diagnosis::owner_of,
    reading::{Pattern, components},
};

/// An agent that starts anew waits for the operator; one running replica is enough.
#[derive(Debug)]
pub(crate) struct CniOperatorMissingExplainsAgentDown;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("cni-operator-missing-explains-agent-down"),
    because: "the agent waits for its operator when it starts",
    strength: EdgeStrength::State,
    casebook: include_str!("cni_operator_missing_explains_agent_down.md"),
};

impl Rule for CniOperatorMissingExplainsAgentDown {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Addon(AddonFinding::CniOperatorMissing) => {
                vec![Key::Cluster]
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_meant = match finding.kind {
            FindingKind::Addon(AddonFinding::CniAgentDown) => finding.object.name == AGENT,
            FindingKind::Probe(_)
            | FindingKind::Network(NetworkFinding::CiliumStartupFailing)
            | FindingKind::Container(
                ContainerFinding::AppDependencyCrash
                | ContainerFinding::AppErrorExit
                | ContainerFinding::AppErrorLogged,
            ) => owner_of(view, finding)
                .is_some_and(|owner| owner.kind == Kind::DaemonSet && owner.name == *AGENT),
            _ => false,
        };
        if is_meant {
            vec![Key::Cluster]
        } else {
            Vec::new()
        }
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let rollout = view.rollout(&cause.object)?;
        let mut pods = rollout.new_pods.iter().chain(&rollout.old_pods);
        // Rule L10: one running replica is enough for every agent.
        if pods.any(|pod| pod.is_running()) {
            return None;
        }
        let none = cite::status(&cause.object, "running replicas", 0);
        let agents: Vec<&Pod> = match pod_of(view, effect) {
            Some(pod) => vec![pod],
            None => components::of_finding(view, effect),
        };
        // An agent that got through its start does not need the operator to keep running.
        let starting: Vec<&Pod> = agents.into_iter().filter(|pod| is_starting(pod)).collect();
        if starting.is_empty() {
            return None;
        }
        let logs: Vec<&LogExcerpt> = starting.iter().flat_map(|pod| logs(view, pod)).collect();
        let waiting = logs.iter().find_map(|log| Some((log, waiting_line(log)?)));
        match waiting {
            Some((log, line)) => {
                let agent = starting.iter().find(|pod| log.key.pod == pod.meta.name)?;
                let said = cite::log(&cite::pod(agent), log, line);
                Some(Link::proven_by(vec![none, said]))
            }
            None if logs.is_empty() => Some(Link::proven_by(vec![none])),
            None => Some(Link::candidate(
                Source::Logs,
                "the agent waits for its operator",
            )),
        }
    }
}

/// The agent that waits for its operator: Cilium creates its CRDs through it.
const AGENT: &str = "cilium";

static WAITS: Pattern = Pattern::new(r"(?i)waiting for cilium[ -]operator");

/// True when the agent ran, and is not through its start.
fn is_starting(pod: &Pod) -> bool {
    pod.status.container_statuses.iter().any(|known| {
        let has_run = known.state.running.is_some() || known.last_end().is_some();
        has_run && !known.ready && known.started != Some(true)
    })
}

fn logs<'a>(view: &View<'a>, pod: &'a Pod) -> impl Iterator<Item = &'a LogExcerpt> + use<'a> {
    let logs = view.snapshot.logs.iter();
    logs.filter(|log| log.key.namespace == pod.meta.namespace && log.key.pod == pod.meta.name)
}

fn waiting_line(log: &LogExcerpt) -> Option<&str> {
    let mut lines = log.lines.iter().rev();
    lines.find(|line| WAITS.is_match(line)).map(|line| &**line)
}
