//! Which nodes turn a Pod down for a taint (rule P3).

use dogwatch_model::snapshot::{Node, Pod, PodSpec, Taint};
use jiff::Timestamp;

use crate::view::View;

/// What `kubectl cordon` sets; the scheduler has words of its own for it.
const CORDONED: &str = "node.kubernetes.io/unschedulable";

/// Taints with which an autoscaler or Cluster API takes a node away.
const LEAVING: &[&str] = &[
    "ToBeDeletedByClusterAutoscaler",
    "karpenter.sh/disrupted",
    "karpenter.sh/disruption",
    "node.cluster.x-k8s.io/outdated-revision",
];

/// The taint that says that the node is about to leave.
pub(crate) fn leaving(node: &Node) -> Option<&Taint> {
    let mut taints = node.spec.taints.iter();
    taints.find(|taint| LEAVING.contains(&&*taint.key))
}

/// Since when a node is cordoned: the node controller writes it into the taint, and the kubelet
/// tells it.
pub(crate) fn cordoned_since<'a>(view: &View<'a>, node: &'a Node) -> Option<Timestamp> {
    let told = || {
        view.node_events(node)
            .filter(|event| event.reason == "NodeNotSchedulable")
            .filter_map(|event| event.last_seen)
            .max()
    };
    node.taint(CORDONED)
        .and_then(|taint| taint.time_added)
        .or_else(told)
}

/// The first taint for which a node turns a Pod down, as the scheduler looks for it. A cordoned node
/// is turned down before its taints are looked at.
pub(crate) fn rejecting<'a>(node: &'a Node, pod: &Pod) -> Option<&'a Taint> {
    let is_cordoned = node.spec.unschedulable
        && node
            .taint(CORDONED)
            .is_none_or(|taint| !is_tolerated(pod, taint));
    let mut taints = node.spec.taints.iter();
    taints.find(|taint| !is_cordoned && keeps_away(pod, taint))
}

/// True when the taint keeps the Pod away from its node.
pub(crate) fn keeps_away(pod: &Pod, taint: &Taint) -> bool {
    keeps_away_by_spec(&pod.spec, taint)
}

/// The same for Pods that do not exist yet.
pub(crate) fn keeps_away_by_spec(spec: &PodSpec, taint: &Taint) -> bool {
    taint.effect != "PreferNoSchedule" && !tolerates(spec, taint)
}

/// Key and effect must match, the value too unless the operator is `Exists`.
fn is_tolerated(pod: &Pod, taint: &Taint) -> bool {
    tolerates(&pod.spec, taint)
}

fn tolerates(spec: &PodSpec, taint: &Taint) -> bool {
    spec.tolerations.iter().any(|known| {
        let effect = known.effect.is_empty() || known.effect == *taint.effect;
        let is_exists = known.operator == "Exists";
        let key = known.key == *taint.key || known.key.is_empty() && is_exists;
        effect && key && (is_exists || known.value == *taint.value)
    })
}
