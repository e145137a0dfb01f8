#![doc = include_str!("workload_all_on_one_node.md")]

use dogwatch_model::{
    CheckId, FindingKind, Kind, Source, WorkloadFinding,
    snapshot::{Condition, Node, Pod},
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::taints,
    rollout::{Rollout, Workload},
    view::View,
};

/// Every replica runs on the same node, although others would take them.
#[derive(Debug)]
pub(crate) struct AllOnOneNode;

static META: Meta = Meta {
    id: CheckId::new("workload/workload-all-on-one-node"),
    kind: FindingKind::Workload(WorkloadFinding::AllOnOneNode),
    needs: sources::WORKLOADS_AND_PODS,
    advice: &["Add a topology spread constraint or an anti-affinity by host name."],
    casebook: include_str!("workload_all_on_one_node.md"),
};

impl Check for AllOnOneNode {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let nodes = Source::Objects(Kind::Node);
        if !view.snapshot.ledger.is_complete(nodes) {
            return;
        }
        for rollout in view.rollouts.iter().filter(|rollout| rollout.desired > 1) {
            if matches!(rollout.workload, Workload::DaemonSet(_)) || is_bound(rollout) {
                continue;
            }
            let Some(pods) = together(rollout) else {
                continue;
            };
            let first = pods[0];
            let other = view.snapshot.nodes.iter().find(|node| is_open(node, first));
            let Some(other) = other else {
                continue;
            };
            let facts = pods
                .iter()
                .map(|pod| cite::spec(&cite::pod(pod), "spec.nodeName", &pod.node));
            let open = cite::object(Kind::Node, &other.meta);
            let free = cite::status(
                &open,
                "status.conditions",
                "Ready=True, and no taint keeps the Pods away",
            );
            let subject = Subject::of(rollout.object.clone()).detail(first.node.to_string());
            report.found_all(subject, facts.chain([free]));
        }
    }
}

/// The Pods of the new version when there are several, all Ready and all on one node.
fn together<'a>(rollout: &Rollout<'a>) -> Option<Vec<&'a Pod>> {
    let mut pods = rollout.active_new_pods();
    let first = pods.next()?;
    // Most workloads are spread: the second Pod tells.
    let mut found = vec![first];
    for pod in pods {
        if pod.node != first.node {
            return None;
        }
        found.push(pod);
    }
    let are_ready = found.iter().all(|pod| pod.is_ready());
    (found.len() > 1 && are_ready).then_some(found)
}

/// True when the template leaves the scheduler no choice that could be read here.
fn is_bound(rollout: &Rollout<'_>) -> bool {
    let spec = &rollout.workload.template().spec;
    !spec.node_selector.is_empty()
        || spec.affinity.is_some()
        || spec.claims().next().is_some()
        || matches!(rollout.workload, Workload::StatefulSet(_))
}

/// True for another node that would take such a Pod.
fn is_open(node: &Node, pod: &Pod) -> bool {
    let ready = node.condition("Ready");
    node.meta.name != *pod.node
        && !node.spec.unschedulable
        && ready.is_some_and(Condition::is_true)
        && taints::rejecting(node, pod).is_none()
}
