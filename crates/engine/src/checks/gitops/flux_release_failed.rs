#![doc = include_str!("flux_release_failed.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, GitopsFinding, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// Flux could not bring a Helm release to the wanted state.
#[derive(Debug)]
pub(crate) struct FluxReleaseFailed;

static META: Meta = Meta {
    id: CheckId::new("gitops/flux-release-failed"),
    kind: FindingKind::Gitops(GitopsFinding::FluxReleaseFailed),
    needs: &[Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE))],
    advice: &[
        "The message repeats Helm: mend what it names, then Flux tries again at its interval.",
    ],
    casebook: include_str!("flux_release_failed.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "helm.toolkit.fluxcd.io",
    kinds: &["HelmRelease"],
    types: &["Ready", "Released"],
    bad: &["False"],
    reasons: &[
        "InstallFailed",
        "UpgradeFailed",
        "RollbackFailed",
        "UninstallFailed",
        "TestFailed",
        "ArtifactFailed",
        "DependencyNotReady",
    ],
    grace: customs::WORKING,
    fields: &[
        "spec.releaseName",
        "status.lastAttemptedRevision",
        "status.lastAppliedRevision",
    ],
};

impl Check for FluxReleaseFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
