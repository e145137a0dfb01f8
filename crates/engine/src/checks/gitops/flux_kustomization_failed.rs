#![doc = include_str!("flux_kustomization_failed.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, GitopsFinding, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// Flux could not apply a Kustomization.
#[derive(Debug)]
pub(crate) struct FluxKustomizationFailed;

static META: Meta = Meta {
    id: CheckId::new("gitops/flux-kustomization-failed"),
    kind: FindingKind::Gitops(GitopsFinding::FluxKustomizationFailed),
    needs: &[Source::Objects(Kind::Custom(CustomKind::KUSTOMIZATION))],
    advice: &["The message names the manifest or the object that is not healthy."],
    casebook: include_str!("flux_kustomization_failed.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "kustomize.toolkit.fluxcd.io",
    kinds: &["Kustomization"],
    types: &["Ready", "Healthy"],
    bad: &["False"],
    reasons: &[
        "BuildFailed",
        "HealthCheckFailed",
        "PruneFailed",
        "ReconciliationFailed",
        "DependencyNotReady",
        "ArtifactFailed",
    ],
    grace: customs::WORKING,
    fields: &["status.lastAppliedRevision", "status.lastAttemptedRevision"],
};

impl Check for FluxKustomizationFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
