#![doc = include_str!("node_pod_capacity_full.md")]

use std::collections::BTreeMap;

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding, Source};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The node runs as many Pods as it may.
#[derive(Debug)]
pub(crate) struct PodCapacityFull;

static META: Meta = Meta {
    id: CheckId::new("node/node-pod-capacity-full"),
    kind: FindingKind::Node(NodeFinding::PodCapacityFull),
    needs: sources::NODES_AND_PODS,
    advice: &["Move Pods to other nodes, raise the limit where the network allows, or add nodes."],
    casebook: include_str!("node_pod_capacity_full.md"),
};

impl Check for PodCapacityFull {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut counts: BTreeMap<&str, i128> = BTreeMap::new();
        for pod in view.snapshot.pods.iter().filter(|pod| !pod.is_finished()) {
            *counts.entry(&pod.node).or_default() += 1;
        }
        for node in &view.snapshot.nodes {
            let Some(limit) = node
                .status
                .allocatable
                .get("pods")
                .filter(|limit| limit.milli() > 0)
            else {
                continue;
            };
            let object = cite::object(Kind::Node, &node.meta);
            let count = counts.get(&*node.meta.name).copied().unwrap_or(0);
            if count < limit.units() {
                if !view.snapshot.ledger.is_complete(Source::Objects(Kind::Pod)) {
                    report.undecided(object, Source::Objects(Kind::Pod));
                }
                continue;
            }
            let subject = Subject::of(object.clone()).detail(format!("{count} of {limit} Pods"));
            report.found(
                subject,
                cite::status(&object, "status.allocatable.pods", limit),
                [cite::status(&object, "Pods on the node", count)],
            );
        }
    }
}
