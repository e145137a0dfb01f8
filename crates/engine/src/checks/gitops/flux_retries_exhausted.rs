#![doc = include_str!("flux_retries_exhausted.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, GitopsFinding, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// Flux has stopped trying to install or upgrade a release.
#[derive(Debug)]
pub(crate) struct FluxRetriesExhausted;

static META: Meta = Meta {
    id: CheckId::new("gitops/flux-retries-exhausted"),
    kind: FindingKind::Gitops(GitopsFinding::FluxRetriesExhausted),
    needs: &[Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE))],
    advice: &[
        "Mend the cause, then change the spec or force a reconciliation: without either nothing is tried again.",
    ],
    casebook: include_str!("flux_retries_exhausted.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "helm.toolkit.fluxcd.io",
    kinds: &["HelmRelease"],
    types: &["Stalled"],
    bad: &["True"],
    reasons: &[],
    grace: customs::WORKING,
    fields: &[
        "spec.releaseName",
        "status.lastAttemptedRevision",
        "status.upgradeFailures",
        "status.installFailures",
    ],
};

impl Check for FluxRetriesExhausted {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
