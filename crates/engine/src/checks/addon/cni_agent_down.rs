#![doc = include_str!("cni_agent_down.md")]

use dogwatch_model::{AddonFinding, CheckId, FindingKind, Kind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::components,
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
            components::report(view, rollout, report, |known| !known.down.is_empty());
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
    "kube-ovn-cni",
    "ovnkube-node",
];

fn is_meant(rollout: &Rollout<'_>) -> bool {
    rollout.workload.kind() == Kind::DaemonSet && AGENTS.contains(&&*rollout.meta().name)
}
