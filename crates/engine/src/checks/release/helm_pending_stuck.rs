#![doc = include_str!("helm_pending_stuck.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, Kind, ReleaseFinding, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::releases::{self, ReleaseClass},
    view::View,
};

/// A Helm release is stuck in an operation that nobody finishes.
#[derive(Debug)]
pub(crate) struct HelmPendingStuck;

static META: Meta = Meta {
    id: CheckId::new("release/helm-pending-stuck"),
    kind: FindingKind::Release(ReleaseFinding::PendingStuck),
    needs: &[
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE_PROXY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE)),
    ],
    advice: &[
        "Make sure that no client is at work any more, then roll back to the last deployed revision.",
    ],
    casebook: include_str!("helm_pending_stuck.md"),
};

impl Check for HelmPendingStuck {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        releases::report(view, ReleaseClass::PendingStuck, report);
    }
}
