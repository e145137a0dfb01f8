#![doc = include_str!("helm_rolled_back.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, Kind, ReleaseFinding, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::releases::{self, ReleaseClass},
    view::View,
};

/// A Helm upgrade failed and was rolled back.
#[derive(Debug)]
pub(crate) struct HelmRolledBack;

static META: Meta = Meta {
    id: CheckId::new("release/helm-rolled-back"),
    kind: FindingKind::Release(ReleaseFinding::RolledBack),
    needs: &[
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE_PROXY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE)),
    ],
    advice: &[
        "What runs now is the old revision: the cause stands in Events of the time of the upgrade.",
    ],
    casebook: include_str!("helm_rolled_back.md"),
};

impl Check for HelmRolledBack {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        releases::report(view, ReleaseClass::RolledBack, report);
    }
}
