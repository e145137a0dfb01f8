#![doc = include_str!("helm_hook_failed.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, Kind, ReleaseFinding, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::releases::{self, ReleaseClass},
    view::View,
};

/// A hook of a Helm release failed.
#[derive(Debug)]
pub(crate) struct HelmHookFailed;

static META: Meta = Meta {
    id: CheckId::new("release/helm-hook-failed"),
    kind: FindingKind::Release(ReleaseFinding::HookFailed),
    needs: &[
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE_PROXY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE)),
    ],
    advice: &["Read the log of the Pod of the hook."],
    casebook: include_str!("helm_hook_failed.md"),
};

impl Check for HelmHookFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        releases::report(view, ReleaseClass::HookFailed, report);
    }
}
