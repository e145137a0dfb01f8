#![doc = include_str!("node_taint_explains_untolerated_taint.md")]

use dogwatch_model::{
    EdgeStrength, Finding, FindingKind, Kind, NodeFinding, RuleId, SchedulingFinding,
    snapshot::{Node, Pod, Taint},
};

use super::super::{Key, Link, Rule, RuleMeta, key::pod_of};
use crate::{View, cite};

/// A trouble of a node shows as a taint, and the taint keeps Pods away.
#[derive(Debug)]
pub(crate) struct NodeTaintExplainsUntoleratedTaint;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("node-taint-explains-untolerated-taint"),
    because: "the node carries a taint for this, and the Pod does not tolerate it",
    strength: EdgeStrength::State,
    casebook: include_str!("node_taint_explains_untolerated_taint.md"),
};

impl Rule for NodeTaintExplainsUntoleratedTaint {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Node(_) if finding.object.kind == Kind::Node => {
                vec![Key::Node(finding.object.name.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_taint = finding.kind == FindingKind::Scheduling(SchedulingFinding::UntoleratedTaint);
        let Some(pod) = pod_of(view, finding).filter(|_| is_taint) else {
            return Vec::new();
        };
        let nodes = view
            .snapshot
            .nodes
            .iter()
            .filter(|node| rejects(node, pod).is_some());
        nodes
            .map(|node| Key::Node(node.meta.name.clone()))
            .collect()
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let FindingKind::Node(kind) = cause.kind else {
            return None;
        };
        let node = view.snapshot.node(&cause.object.name)?;
        let pod = pod_of(view, effect)?;
        let keys = taint_keys(kind);
        let taint = node.spec.taints.iter().find(|taint| {
            keys.contains(&&*taint.key)
                && !tolerates(pod, taint)
                && taint.effect != "PreferNoSchedule"
        })?;
        let fact = cite::spec(
            &cause.object,
            "spec.taints",
            format!("{}:{}", taint.key, taint.effect),
        );
        Some(Link::proven_by(vec![fact]))
    }
}

/// The first taint for which a node turns a Pod down.
fn rejects<'a>(node: &'a Node, pod: &Pod) -> Option<&'a Taint> {
    node.spec
        .taints
        .iter()
        .find(|taint| taint.effect != "PreferNoSchedule" && !tolerates(pod, taint))
}

/// Rule P3: key and effect must match, the value too unless the operator is `Exists`.
fn tolerates(pod: &Pod, taint: &Taint) -> bool {
    pod.spec.tolerations.iter().any(|known| {
        let effect = known.effect.is_empty() || known.effect == *taint.effect;
        let is_exists = known.operator == "Exists";
        let key = known.key == *taint.key || known.key.is_empty() && is_exists;
        effect && key && (is_exists || known.value == *taint.value)
    })
}

fn taint_keys(kind: NodeFinding) -> &'static [&'static str] {
    match kind {
        NodeFinding::NotReady => &["node.kubernetes.io/not-ready"],
        NodeFinding::Unreachable => &["node.kubernetes.io/unreachable"],
        NodeFinding::MemoryPressure => &["node.kubernetes.io/memory-pressure"],
        NodeFinding::DiskPressure => &["node.kubernetes.io/disk-pressure"],
        NodeFinding::PidPressure => &["node.kubernetes.io/pid-pressure"],
        NodeFinding::NetworkUnavailable => &["node.kubernetes.io/network-unavailable"],
        NodeFinding::UninitializedCloud => &["node.cloudprovider.kubernetes.io/uninitialized"],
        NodeFinding::UninitializedCapi => &["node.cluster.x-k8s.io/uninitialized"],
        NodeFinding::PodCapacityFull => &[],
    }
}
