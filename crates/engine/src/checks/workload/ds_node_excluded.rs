#![doc = include_str!("ds_node_excluded.md")]

use std::collections::BTreeSet;

use dogwatch_model::{
    CheckId, FindingKind, Kind, WorkloadFinding,
    snapshot::{Node, PodSpec, Taint},
};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::taints,
    rollout::Workload,
    view::View,
};

/// A DaemonSet leaves a node out that waits for its initialisation.
#[derive(Debug)]
pub(crate) struct NodeExcluded;

static META: Meta = Meta {
    id: CheckId::new("workload/ds-node-excluded"),
    kind: FindingKind::Workload(WorkloadFinding::NodeExcluded),
    needs: sources::WORKLOADS_AND_PODS,
    advice: &[
        "Find out why the taint stays; agents that the initialisation itself needs must tolerate it.",
    ],
    casebook: include_str!("ds_node_excluded.md"),
};

impl Check for NodeExcluded {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let Workload::DaemonSet(set) = rollout.workload else {
                continue;
            };
            let spec = &set.spec.template.spec;
            // Affinity narrows the nodes in ways that are not replayed here.
            if spec.affinity.is_some() {
                continue;
            }
            let served: BTreeSet<&str> = rollout
                .new_pods
                .iter()
                .chain(&rollout.old_pods)
                .map(|pod| &*pod.node)
                .collect();
            let nodes = view
                .snapshot
                .nodes
                .iter()
                .filter(|node| is_wanted(view, spec, node));
            let left_out = nodes.filter(|node| !served.contains(&*node.meta.name));
            let facts: Vec<_> = left_out
                .filter_map(|node| Some((node, waiting_taint(spec, node)?)))
                .map(|(node, taint)| {
                    let object = cite::object(Kind::Node, &node.meta);
                    cite::spec(
                        &object,
                        "spec.taints",
                        format!("{}:{}", taint.key, taint.effect),
                    )
                })
                .collect();
            let count = facts.len();
            let desired = cite::status(
                &rollout.object,
                "status.desiredNumberScheduled",
                set.status.desired_number_scheduled,
            );
            if count > 0 {
                let subject = Subject::of(rollout.object.clone()).detail(format!("nodes: {count}"));
                report.found_all(subject, [desired].into_iter().chain(facts));
            }
        }
    }
}

/// A new node is initialised well within this time.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);

/// Taints that only a controller of the cluster removes.
const WAITING: &[&str] = &[
    "node.cloudprovider.kubernetes.io/uninitialized",
    "node.cluster.x-k8s.io/uninitialized",
    "node.cilium.io/agent-not-ready",
];

fn waiting_taint<'a>(spec: &PodSpec, node: &'a Node) -> Option<&'a Taint> {
    let mut taints = node.spec.taints.iter();
    taints.find(|taint| WAITING.contains(&&*taint.key) && taints::keeps_away_by_spec(spec, taint))
}

/// True for a node that the DaemonSet would use, were it not for its taints.
fn is_wanted(view: &View<'_>, spec: &PodSpec, node: &Node) -> bool {
    let is_old = |at| view.now().duration_since(at) > PATIENCE;
    let mut wanted = spec.node_selector.iter();
    node.meta.created.is_some_and(is_old)
        && wanted.all(|(key, value)| node.meta.labels.get(key) == Some(value))
}
