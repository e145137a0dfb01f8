//! Objects that a plan touches only with the highest care.

use dogwatch_model::{
    Kind, Source,
    plan::{Draft, PlanOption, RemedyRequest, Risk, Target},
};

use super::{ground::Ground, ownership::meta_of};

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

/// Raises the risk of what touches protected objects, and of what was planned over a hole.
pub(crate) fn raise(ground: &Ground<'_>, draft: &mut PlanOption<Draft>) {
    // A requeue is an annotation; it cannot harm what it lies on.
    if matches!(draft.request, RemedyRequest::RequeueRelease { .. }) {
        return;
    }
    let targets: Vec<Target> = draft.steps.iter().map(|step| step.target.clone()).collect();
    for target in targets {
        if let Some(why) = protected(ground, &target) {
            draft.risk = draft.risk.max(Risk::High);
            draft.warnings.push(format!("{target} is protected: {why}"));
        }
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

fn protected(ground: &Ground<'_>, target: &Target) -> Option<String> {
    if target.namespace.starts_with(SYSTEM_PREFIX) {
        return Some(format!("it lies in Namespace {}", target.namespace));
    }
    let name = &target.name;
    if let Some(vital) = VITAL.iter().find(|vital| name.contains(**vital)) {
        return Some(format!("its name says that others depend on it ({vital})"));
    }
    let meta = meta_of(ground, target)?;
    if meta.annotations.get("dogwatch.io/protected") == Some("true") {
        return Some("it is annotated dogwatch.io/protected".to_owned());
    }
    let is_control_plane = |key: &str| meta.labels.get(key).is_some();
    (target.kind == "Node" && is_control_plane("node-role.kubernetes.io/control-plane"))
        .then(|| "it is a control plane Node".to_owned())
}

/// Kinds that could not be read and whose content could make a plan that moves Pods dangerous.
fn holes(ground: &Ground<'_>, draft: &PlanOption<Draft>) -> Vec<&'static str> {
    let moves_pods = draft.impact.pods_restarted > 0
        || matches!(draft.request, RemedyRequest::ScaleWorkload { .. });
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
