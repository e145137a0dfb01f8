#![doc = include_str!("cilium_operator_unschedulable.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding, snapshot::Pod};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::components,
    view::View,
};

/// One replica of the Cilium operator finds no node while another works.
#[derive(Debug)]
pub(crate) struct CiliumOperatorUnschedulable;

static META: Meta = Meta {
    id: CheckId::new("network/cilium-operator-unschedulable"),
    kind: FindingKind::Network(NetworkFinding::CiliumOperatorUnschedulable),
    needs: sources::WORKLOADS_AND_PODS,
    advice: &[
        "Set one replica on a cluster with one node that may run it: the replicas want the same host port. What works goes on; only whoever waits for all replicas (helm --wait) fails.",
    ],
    casebook: include_str!("cilium_operator_unschedulable.md"),
};

impl Check for CiliumOperatorUnschedulable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let operators = view.rollouts.iter().filter(|known| {
            known.workload.kind() == Kind::Deployment && known.meta().name == "cilium-operator"
        });
        for rollout in operators {
            let readiness = components::readiness(view, rollout);
            let Some(readiness) = readiness.filter(|known| known.ready > 0) else {
                continue;
            };
            let mut waiting = readiness.down.iter().filter(|pod| is_waiting(view, pod));
            let Some(pod) = waiting.next() else { continue };
            let object = rollout.object.clone();
            let words = pod.condition("PodScheduled");
            let said = words.map(|known| cite::condition(&cite::pod(pod), known));
            let subject = Subject::of(object.clone())
                .detail(format!("{} of {} ready", readiness.ready, rollout.desired))
                .since(words.and_then(|known| known.since));
            let ready = cite::status(&object, "ready replicas", readiness.ready);
            report.found(subject, ready, said);
        }
    }
}

/// Placing a Pod takes seconds.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

fn is_waiting(view: &View<'_>, pod: &Pod) -> bool {
    let scheduled = pod
        .condition("PodScheduled")
        .filter(|known| known.status == "False");
    let since = scheduled.and_then(|known| known.since).or(pod.begun());
    pod.node.is_empty() && since.is_some_and(|at| view.now().duration_since(at) >= PATIENCE)
}
