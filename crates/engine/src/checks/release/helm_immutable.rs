#![doc = include_str!("helm_immutable.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, Kind, ReleaseFinding, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::releases::{self, ReleaseClass},
    view::View,
};

/// A Helm release changes a field that cannot be changed.
#[derive(Debug)]
pub(crate) struct HelmImmutable;

static META: Meta = Meta {
    id: CheckId::new("release/helm-immutable"),
    kind: FindingKind::Release(ReleaseFinding::Immutable),
    needs: &[
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE_PROXY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE)),
    ],
    advice: &["Keep the field, or replace the object: with the outage that this means."],
    casebook: include_str!("helm_immutable.md"),
};

impl Check for HelmImmutable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        releases::report(view, ReleaseClass::Immutable, report);
    }
}
