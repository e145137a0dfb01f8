//! Who else writes the object: a delivery tool or an operator would undo the change.

use dogwatch_model::{
    Kind,
    plan::{Act, Draft, PlanOption, PlanRefusal, RemedyRequest, Step, Target},
    snapshot::Meta,
};

use super::ground::Ground;
use crate::{rollout::Rollout, view::View};

/// Labels and annotations by which delivery tools mark what they apply again and again.
const APPLIED_BY: &[(&str, &str)] = &[
    ("argocd.argoproj.io/instance", "Argo CD Application"),
    ("argocd.argoproj.io/tracking-id", "Argo CD Application"),
    ("kustomize.toolkit.fluxcd.io/name", "Flux Kustomization"),
    ("helm.toolkit.fluxcd.io/name", "Flux HelmRelease"),
];

/// Refuses what its owner would undo, and warns of what the next Helm upgrade would.
pub(crate) fn check(ground: &Ground<'_>, draft: &mut PlanOption<Draft>) -> Result<(), PlanRefusal> {
    let mut warnings = Vec::new();
    for step in draft
        .steps
        .iter()
        .filter(|step| is_lasting(&draft.request, step))
    {
        let target = concerned(&draft.request, step);
        let Some(meta) = meta_of(ground.view, target) else {
            continue;
        };
        if let Some(owner) = applied_by(meta) {
            return Err(PlanRefusal::OwnedByDelivery { owner });
        }
        if let Some(owner) = operated_by(&draft.request, meta, target) {
            return Err(PlanRefusal::OwnedByDelivery { owner });
        }
        if !matches!(draft.request, RemedyRequest::RollbackRelease { .. }) {
            warnings.extend(helm(meta, target));
        }
    }
    draft.warnings.append(&mut warnings);
    Ok(())
}

/// The object that a step is about: what is made anew stands for the object that it is made for.
pub(crate) fn concerned<'d>(request: &'d RemedyRequest, step: &'d Step) -> &'d Target {
    match &step.act {
        Act::Create { .. } => request.target().unwrap_or(&step.target),
        _ => &step.target,
    }
}

/// True for a write whose result an owner of the object could undo. A Pod that goes is replaced by
/// its controller whoever delivers it, a workload is made again by its owner, and what a provider
/// changes lies outside the cluster.
fn is_lasting(request: &RemedyRequest, step: &Step) -> bool {
    match step.act {
        Act::Patch { .. }
        | Act::CopyTemplate { .. }
        | Act::Create { .. }
        | Act::RerunJob { .. }
        | Act::ApplyManifest { .. } => true,
        Act::Delete { .. } => matches!(request, RemedyRequest::DeleteWorkload { .. }),
        // Helm itself keeps its revisions.
        Act::StoreRevision { .. } | Act::Evict | Act::Provider { .. } => false,
    }
}

/// The operator that keeps the spec of an object as its own resource says. Controllers of the
/// cluster itself do not: a CronJob leaves its Jobs alone, a StatefulSet its claims. An annotation
/// is nobody's spec.
fn operated_by(request: &RemedyRequest, meta: &Meta, target: &Target) -> Option<String> {
    let is_spec = !matches!(request, RemedyRequest::RequeueRelease { .. });
    let is_kept = !matches!(&*target.kind, "Job" | "PersistentVolumeClaim" | "Node");
    let owner = meta.controller().filter(|_| is_spec && is_kept)?;
    Some(format!("{} {}", owner.kind, owner.name))
}

fn applied_by(meta: &Meta) -> Option<String> {
    delivered_by(|key| meta.labels.get(key).or_else(|| meta.annotations.get(key)))
}

/// The delivery tool that applies an object again and again, by its labels and annotations.
pub fn delivered_by<'m>(mark: impl Fn(&str) -> Option<&'m str>) -> Option<String> {
    APPLIED_BY.iter().find_map(|(key, tool)| {
        let value = mark(key)?;
        // A tracking id continues with the kind and name of the object.
        let name = value.split(':').next().unwrap_or(value);
        Some(format!("{tool} {name}"))
    })
}

fn helm(meta: &Meta, target: &Target) -> Option<String> {
    let release = meta.annotations.get("meta.helm.sh/release-name");
    let is_helm = meta.labels.get("app.kubernetes.io/managed-by") == Some("Helm");
    if release.is_none() && !is_helm {
        return None;
    }
    let release = release.unwrap_or("its release");
    Some(format!(
        "Helm release {release} owns {target}: the next upgrade sets what the chart says, so put the change into its values too"
    ))
}

/// Metadata of a target, where the snapshot has it.
pub fn meta_of<'a>(view: &View<'a>, target: &Target) -> Option<&'a Meta> {
    let snapshot = view.snapshot;
    let object = target.object()?;
    let (namespace, name) = (&*object.namespace, &*object.name);
    match object.kind {
        Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet => {
            view.rollout(&object).map(Rollout::meta)
        }
        Kind::Node => snapshot.node(name).map(|node| &node.meta),
        Kind::Pod => snapshot.pod_named(namespace, name).map(|pod| &pod.meta),
        Kind::Service => snapshot.service(namespace, name).map(|known| &known.meta),
        Kind::PersistentVolumeClaim => snapshot.claim(namespace, name).map(|known| &known.meta),
        Kind::HorizontalPodAutoscaler => named(&snapshot.autoscalers, |known| &known.meta, &object),
        Kind::ResourceQuota => named(&snapshot.quotas, |known| &known.meta, &object),
        Kind::LimitRange => named(&snapshot.limit_ranges, |known| &known.meta, &object),
        Kind::Job => named(&snapshot.jobs, |known| &known.meta, &object),
        Kind::CronJob => named(&snapshot.cron_jobs, |known| &known.meta, &object),
        _ => snapshot
            .customs
            .iter()
            .filter(|known| known.kind == object.kind)
            .map(|known| &known.meta)
            .find(|meta| meta.namespace == object.namespace && meta.name == object.name),
    }
}

fn named<'a, T>(
    list: &'a [T],
    meta: impl Fn(&'a T) -> &'a Meta,
    object: &dogwatch_model::ObjectRef,
) -> Option<&'a Meta> {
    let mut metas = list.iter().map(meta);
    metas.find(|meta| meta.namespace == object.namespace && meta.name == object.name)
}
