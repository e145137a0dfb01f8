#![doc = include_str!("node_pod_capacity_full.md")]

use std::collections::BTreeMap;

use dogwatch_model::{
    CheckId, Evidence, FindingKind, Kind, NodeFinding, ObjectRef, Source, snapshot::Node,
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::alerts,
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
                let mut told = alerts::named(view, Kind::Node, ALERTS);
                let alert = told.find(|alert| alert.object.name == node.meta.name);
                // Who counts the Pods elsewhere may be believed only while they were not read here.
                let is_known = view.snapshot.ledger.is_complete(Source::Objects(Kind::Pod));
                if let Some(alert) = alert.filter(|_| !is_known) {
                    let subject = Subject::of(object.clone()).detail(format!("limit {limit} Pods"));
                    let fact = cite::status(&object, "status.allocatable.pods", limit);
                    let facts = capacity(node, &object).into_iter().chain([fact]);
                    report.found(subject, cite::alert(&object, alert), facts);
                    continue;
                }
                // Who asks about one node reads the Pods of this node.
                if !are_read(view) {
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

/// Alerts about nodes with too many Pods.
/// True when Pods were read, if only some of them, and no read failed.
fn are_read(view: &View<'_>) -> bool {
    let pods = Source::Objects(Kind::Pod);
    let mut entries = view.snapshot.ledger.entries().iter();
    let has_hole = entries.any(|entry| entry.source == pods && entry.outcome.is_hole());
    view.snapshot.ledger.has(pods) && !has_hole
}

const ALERTS: &[&str] = &["toomanypods"];

fn capacity(node: &Node, object: &ObjectRef) -> Option<Evidence> {
    let capacity = node.status.capacity.get("pods")?;
    Some(cite::status(object, "status.capacity.pods", capacity))
}
