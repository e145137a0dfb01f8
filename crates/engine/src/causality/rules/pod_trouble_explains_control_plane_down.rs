#![doc = include_str!("pod_trouble_explains_control_plane_down.md")]

use dogwatch_model::{
    AddonFinding, ControlPlaneFinding, EdgeStrength, Finding, FindingKind, RuleId, snapshot::Pod,
};

use super::{
    super::{
        Key, Link, Rule, RuleMeta,
        key::{pod_key, pod_of},
    },
    pod_trouble_explains_pod_not_ready::stops_pod,
};
use crate::{View, cite, reading::control_plane};

/// What is wrong with the Pod of a component of the control plane explains that the component does not work.
#[derive(Debug)]
pub(crate) struct PodTroubleExplainsControlPlaneDown;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("pod-trouble-explains-control-plane-down"),
    because: "this Pod is the component",
    strength: EdgeStrength::Hard,
    casebook: include_str!("pod_trouble_explains_control_plane_down.md"),
};

impl Rule for PodTroubleExplainsControlPlaneDown {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if finding.kind == FindingKind::Addon(AddonFinding::CcmNotRunning) {
            return vec![Key::Cluster];
        }
        let pod = pod_of(view, finding).filter(|pod| control_plane::is_component(pod));
        match pod {
            Some(_) if stops_pod(finding.kind) => pod_key(finding),
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let FindingKind::ControlPlane(kind) = finding.kind else {
            return Vec::new();
        };
        let name = match kind {
            ControlPlaneFinding::ApiServerDown | ControlPlaneFinding::ApiServerNotReady => {
                return pod_key(finding);
            }
            ControlPlaneFinding::CloudControllerDown => return vec![Key::Cluster],
            ControlPlaneFinding::ControllerManagerDown => "kube-controller-manager",
            ControlPlaneFinding::SchedulerDown => "kube-scheduler",
            _ => return Vec::new(),
        };
        let pods = control_plane::pods(view, name).into_iter();
        pods.map(|pod| Key::Pod(pod.meta.uid.clone())).collect()
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, _effect: &Finding) -> Option<Link> {
        let pod = pod_of(view, cause);
        // A Pod that is ready now works again.
        let facts =
            pod.map(|pod| cite::status(&cite::pod(pod), "conditions.Ready", pod.is_ready()));
        (!pod.is_some_and(Pod::is_ready)).then(|| Link::proven_by(facts.into_iter().collect()))
    }
}
