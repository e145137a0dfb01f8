#![doc = include_str!("helm_ownership.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, Kind, ReleaseFinding, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::releases::{self, ReleaseClass},
    view::View,
};

/// An object of a Helm release belongs to somebody else.
#[derive(Debug)]
pub(crate) struct HelmOwnership;

static META: Meta = Meta {
    id: CheckId::new("release/helm-ownership"),
    kind: FindingKind::Release(ReleaseFinding::Ownership),
    needs: &[
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE_PROXY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE)),
    ],
    advice: &["Find out who made the object; then rename, remove or adopt it."],
    casebook: include_str!("helm_ownership.md"),
};

impl Check for HelmOwnership {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        releases::report(view, ReleaseClass::Ownership, report);
    }
}
