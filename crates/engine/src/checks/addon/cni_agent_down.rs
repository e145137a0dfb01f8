#![doc = include_str!("cni_agent_down.md")]

use dogwatch_model::{AddonFinding, CheckId, FindingKind, Kind, snapshot::Pod};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::Rollout,
    view::View,
};

/// The agent of the Pod network is not ready on some nodes.
#[derive(Debug)]
pub(crate) struct CniAgentDown;

static META: Meta = Meta {
    id: CheckId::new("addon/cni-agent-down"),
    kind: FindingKind::Addon(AddonFinding::CniAgentDown),
    needs: sources::WORKLOADS_AND_PODS,
    advice: &[
        "Look at how its Pods end and at their log; two failing nodes speak for the nodes, all failing for the configuration.",
    ],
    casebook: include_str!("cni_agent_down.md"),
};

impl Check for CniAgentDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in view.rollouts.iter().filter(|rollout| is_meant(rollout)) {
            let pods: Vec<&Pod> = rollout
                .new_pods
                .iter()
                .chain(&rollout.old_pods)
                .copied()
                .collect();
            let bad: Vec<&&Pod> = pods
                .iter()
                .filter(|pod| !pod.is_ready() && !pod.is_finished())
                .collect();
            let ready = pods.len() - bad.len();
            if bad.is_empty() {
                continue;
            }
            let subject = Subject::of(rollout.object.clone())
                .detail(format!("{ready} of {} ready", rollout.desired));
            let count = format!("{} of {}", rollout.counters.ready, rollout.desired);
            let facts = bad.iter().take(4).map(|pod| {
                let ready = pod
                    .condition("Ready")
                    .map_or("not reported", |known| &known.status);
                cite::status(&cite::pod(pod), "conditions.Ready", ready)
            });
            report.found(
                subject,
                cite::status(&rollout.object, "ready replicas", count),
                facts,
            );
        }
    }
}

/// Names of the agents that give Pods their network, one Pod per node.
const AGENTS: &[&str] = &[
    "cilium",
    "calico-node",
    "kube-flannel-ds",
    "kube-flannel",
    "terway",
    "terway-eniip",
    "yangtse",
    "canal",
    "weave-net",
    "antrea-agent",
    "kube-router",
    "aws-node",
    "azure-cns",
    "kindnet",
];

fn is_meant(rollout: &Rollout<'_>) -> bool {
    rollout.workload.kind() == Kind::DaemonSet && AGENTS.contains(&&*rollout.meta().name)
}
