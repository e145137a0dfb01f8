//! Who else writes the object: a delivery tool would undo the change.

use dogwatch_model::{
    Kind,
    plan::{Draft, PlanOption, PlanRefusal, Target},
    snapshot::Meta,
};

use super::ground::Ground;
use crate::rollout::Rollout;

/// Labels and annotations by which delivery tools mark what they apply again and again.
const APPLIED_BY: &[(&str, &str)] = &[
    ("argocd.argoproj.io/instance", "Argo CD Application"),
    ("argocd.argoproj.io/tracking-id", "Argo CD Application"),
    ("kustomize.toolkit.fluxcd.io/name", "Flux Kustomization"),
    ("helm.toolkit.fluxcd.io/name", "Flux HelmRelease"),
];

/// Refuses what a delivery tool would undo, and warns of what the next Helm upgrade would.
pub(crate) fn check(ground: &Ground<'_>, draft: &mut PlanOption<Draft>) -> Result<(), PlanRefusal> {
    let targets: Vec<Target> = draft.steps.iter().map(|step| step.target.clone()).collect();
    for target in targets {
        let Some(meta) = meta_of(ground, &target) else {
            continue;
        };
        if let Some(owner) = applied_by(meta) {
            return Err(PlanRefusal::OwnedByDelivery { owner });
        }
        if let Some(warning) = helm(meta, &target) {
            draft.warnings.push(warning);
        }
        if let Some(owner) = meta.controller().filter(|_| target.kind != "Pod") {
            draft.warnings.push(format!(
                "{} {} controls {target} and may undo the change",
                owner.kind, owner.name
            ));
        }
    }
    draft.warnings.sort();
    draft.warnings.dedup();
    Ok(())
}

fn applied_by(meta: &Meta) -> Option<String> {
    APPLIED_BY.iter().find_map(|(key, tool)| {
        let value = meta.labels.get(key).or_else(|| meta.annotations.get(key))?;
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
pub(crate) fn meta_of<'a>(ground: &Ground<'a>, target: &Target) -> Option<&'a Meta> {
    let snapshot = ground.view.snapshot;
    let object = target.object()?;
    let (namespace, name) = (&*object.namespace, &*object.name);
    match object.kind {
        Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet => {
            ground.view.rollout(&object).map(Rollout::meta)
        }
        Kind::Node => snapshot.node(name).map(|node| &node.meta),
        Kind::Pod => snapshot.pod_named(namespace, name).map(|pod| &pod.meta),
        Kind::Service => snapshot.service(namespace, name).map(|known| &known.meta),
        Kind::PersistentVolumeClaim => snapshot.claim(namespace, name).map(|known| &known.meta),
        Kind::HorizontalPodAutoscaler => named(&snapshot.autoscalers, |known| &known.meta, &object),
        Kind::Job => named(&snapshot.jobs, |known| &known.meta, &object),
        Kind::CronJob => named(&snapshot.cron_jobs, |known| &known.meta, &object),
        _ => named(&snapshot.customs, |known| &known.meta, &object),
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
