#![doc = include_str!("helm_crd_missing.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, Kind, ReleaseFinding, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::releases::{self, ReleaseClass},
    view::View,
};

/// A Helm release needs a CustomResourceDefinition that is not there.
#[derive(Debug)]
pub(crate) struct HelmCrdMissing;

static META: Meta = Meta {
    id: CheckId::new("release/helm-crd-missing"),
    kind: FindingKind::Release(ReleaseFinding::CrdMissing),
    needs: &[
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE_PROXY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE)),
    ],
    advice: &["Install the definition first, or turn off what needs it."],
    casebook: include_str!("helm_crd_missing.md"),
};

impl Check for HelmCrdMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        releases::report(view, ReleaseClass::CrdMissing, report);
    }
}
