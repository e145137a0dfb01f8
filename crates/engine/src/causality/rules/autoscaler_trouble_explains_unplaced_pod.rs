#![doc = include_str!("autoscaler_trouble_explains_unplaced_pod.md")]

use dogwatch_model::{
    AutoscalingFinding, EdgeStrength, Finding, FindingKind, Kind, RuleId, SchedulingFinding, Source,
};

use super::super::{Key, Link, Rule, RuleMeta, key::pod_key};
use crate::{View, reading::has_any};

/// A cluster that is meant to grow and does not leaves Pods without a node.
#[derive(Debug)]
pub(crate) struct AutoscalerTroubleExplainsUnplacedPod;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("autoscaler-trouble-explains-unplaced-pod"),
    because: "the autoscaler would have added a node for this Pod",
    strength: EdgeStrength::State,
    casebook: include_str!("autoscaler_trouble_explains_unplaced_pod.md"),
};

impl Rule for AutoscalerTroubleExplainsUnplacedPod {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Autoscaling(
                AutoscalingFinding::CaNotTriggered | AutoscalingFinding::CaNodeNotRegistered,
            ) if finding.object.kind == Kind::Pod => pod_key(finding),
            FindingKind::Autoscaling(
                AutoscalingFinding::CaScaleUpFailed | AutoscalingFinding::CaDown,
            ) => vec![Key::Cluster],
            _ => Vec::new(),
        }
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_meant = lacks_room(finding)
            || finding.kind == FindingKind::Autoscaling(AutoscalingFinding::CaNotTriggered);
        if !is_meant {
            return Vec::new();
        }
        let mut keys = pod_key(finding);
        keys.push(Key::Cluster);
        keys
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let FindingKind::Autoscaling(kind) = cause.kind else {
            return None;
        };
        match kind {
            AutoscalingFinding::CaNotTriggered => {
                let is_bound = has_any(&cause.detail, BOUNDS);
                (is_bound && lacks_room(effect)).then(Link::proven)
            }
            AutoscalingFinding::CaNodeNotRegistered => lacks_room(effect).then(Link::proven),
            AutoscalingFinding::CaScaleUpFailed => {
                let is_untried = !lacks_room(effect);
                (is_untried && has_any(&effect.detail, &["in backoff"])).then(Link::proven)
            }
            AutoscalingFinding::CaDown => lacks_room(effect).then(|| {
                let read = Source::Objects(Kind::ConfigMap);
                Link::candidate(read, "a node group of the autoscaler has room")
            }),
            _ => None,
        }
    }
}

/// Why a node group that could take the Pod does not grow.
const BOUNDS: &[&str] = &[
    "max node group size reached",
    "in backoff",
    "max cluster",
    "max total nodes",
    "not ready for scale-up",
];

/// True for a Pod that one more node would help.
fn lacks_room(finding: &Finding) -> bool {
    matches!(
        finding.kind,
        FindingKind::Scheduling(
            SchedulingFinding::InsufficientCpu
                | SchedulingFinding::InsufficientMemory
                | SchedulingFinding::InsufficientEphemeralStorage
                | SchedulingFinding::InsufficientExtendedResource
                | SchedulingFinding::TooManyPods
                | SchedulingFinding::NoNodes
        )
    )
}
