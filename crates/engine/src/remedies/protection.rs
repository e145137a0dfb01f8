//! Objects that a plan touches only with the highest care.

use dogwatch_model::{
    Kind, Source,
    plan::{Draft, PlanOption, RemedyRequest, Risk, Target},
    snapshot::Meta,
};

use super::{
    ground::Ground,
    ownership::{concerned, meta_of},
};

/// Namespaces of the cluster itself.
const SYSTEM_PREFIX: &str = "kube-";

/// Names of workloads that others depend on: network agents, storage drivers, DNS, cloud controllers.
const VITAL: &[&str] = &[
    "coredns",
    "kube-dns",
    "cilium",
    "calico",
    "flannel",
    "csi",
    "cloud-controller",
    "kube-proxy",
    "everest",
    "node-local-dns",
];

/// Labels of control plane Nodes, the present one and the former.
const CONTROL_PLANE: &[&str] = &[
    "node-role.kubernetes.io/control-plane",
    "node-role.kubernetes.io/master",
];

/// The annotation by which somebody asks for the highest care.
pub(crate) const PROTECTED: &str = "dogwatch.io/protected";

/// Raises the risk of what touches protected objects, and of what was planned over a hole.
pub(crate) fn raise(ground: &Ground<'_>, draft: &mut PlanOption<Draft>) {
    // The name of a release says what it installs; an annotation on it cannot harm that.
    let are_names_told = !matches!(draft.request, RemedyRequest::RequeueRelease { .. });
    let mut warnings = Vec::new();
    for step in &draft.steps {
        let target = concerned(&draft.request, step);
        let vital = || are_names_told.then(|| vital(&target.name)).flatten();
        if let Some(why) = protected(ground, target).or_else(vital) {
            warnings.push(format!("{target} is protected: {why}"));
        }
    }
    if !warnings.is_empty() {
        draft.risk = draft.risk.max(Risk::High);
        draft.warnings.append(&mut warnings);
    }
    let unread = holes(ground, draft);
    if !unread.is_empty() {
        draft.risk = draft.risk.raised();
        let what = unread.join(", ");
        draft.warnings.push(format!(
            "could not be read: {what}; the risk is one level higher"
        ));
    }
}

fn vital(name: &str) -> Option<String> {
    let word = VITAL.iter().find(|word| name.contains(**word))?;
    Some(format!("its name says that others depend on it ({word})"))
}

/// Why what lies there, or is called so, is vital.
pub(crate) fn vital_place(namespace: &str, name: &str) -> Option<String> {
    if namespace.starts_with(SYSTEM_PREFIX) {
        return Some(format!("it lies in Namespace {namespace}"));
    }
    vital(name)
}

fn protected(ground: &Ground<'_>, target: &Target) -> Option<String> {
    if target.namespace.starts_with(SYSTEM_PREFIX) {
        return Some(format!("it lies in Namespace {}", target.namespace));
    }
    let meta = meta_of(ground.view, target)?;
    if is_annotated(meta) {
        return Some(format!("it is annotated {PROTECTED}"));
    }
    if let Some(workload) = protected_workload(ground, target) {
        return Some(format!("{workload} is annotated {PROTECTED}"));
    }
    (target.kind == "Node" && is_control_plane(meta))
        .then(|| "it is a control plane Node".to_owned())
}

/// True for a Node of the control plane.
pub(super) fn is_control_plane(node: &Meta) -> bool {
    let mut labels = CONTROL_PLANE.iter();
    labels.any(|label| node.labels.get(label).is_some())
}

pub(crate) fn is_annotated(meta: &Meta) -> bool {
    meta.annotations.get(PROTECTED) == Some("true")
}

/// The workload of a Pod, when it is protected: nobody annotates Pods.
fn protected_workload(ground: &Ground<'_>, target: &Target) -> Option<String> {
    let object = target.object().filter(|object| object.kind == Kind::Pod)?;
    let pod = ground.view.snapshot.pod(&object.uid)?;
    let rollout = ground.view.rollout_of(pod)?;
    is_annotated(rollout.meta()).then(|| rollout.object.to_string())
}

/// Kinds that could not be read and whose content could make a plan that moves or adds Pods
/// dangerous.
fn holes(ground: &Ground<'_>, draft: &PlanOption<Draft>) -> Vec<&'static str> {
    let moves_pods = draft.impact.pods_restarted > 0
        || matches!(
            draft.request,
            RemedyRequest::ScaleWorkload { .. }
                | RemedyRequest::BoundAutoscaler { .. }
                | RemedyRequest::RaiseQuota { .. }
                | RemedyRequest::RaiseLimit { .. }
        );
    if !moves_pods {
        return Vec::new();
    }
    let kinds = [
        Kind::PodDisruptionBudget,
        Kind::HorizontalPodAutoscaler,
        Kind::ResourceQuota,
    ];
    let ledger = &ground.view.snapshot.ledger;
    let unread = kinds
        .into_iter()
        .filter(|kind| !ledger.is_complete(Source::Objects(*kind)));
    unread.map(|kind| kind.info().plural).collect()
}
