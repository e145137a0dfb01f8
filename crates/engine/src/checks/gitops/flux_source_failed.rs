#![doc = include_str!("flux_source_failed.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, GitopsFinding, Kind, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// Flux cannot fetch a source.
#[derive(Debug)]
pub(crate) struct FluxSourceFailed;

static META: Meta = Meta {
    id: CheckId::new("gitops/flux-source-failed"),
    kind: FindingKind::Gitops(GitopsFinding::FluxSourceFailed),
    needs: &[
        Source::Objects(Kind::Custom(CustomKind::GIT_REPOSITORY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_REPOSITORY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_CHART)),
        Source::Objects(Kind::Custom(CustomKind::OCI_REPOSITORY)),
        Source::Objects(Kind::Custom(CustomKind::BUCKET)),
    ],
    advice: &["Test address and credentials of the source from the cluster."],
    casebook: include_str!("flux_source_failed.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "source.toolkit.fluxcd.io",
    kinds: &[
        "GitRepository",
        "HelmRepository",
        "HelmChart",
        "OCIRepository",
        "Bucket",
    ],
    types: &["Ready"],
    bad: &["False"],
    reasons: &[],
    grace: SignedDuration::from_mins(5),
    fields: &[],
};

impl Check for FluxSourceFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
