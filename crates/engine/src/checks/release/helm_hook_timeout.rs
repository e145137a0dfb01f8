#![doc = include_str!("helm_hook_timeout.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, Kind, ReleaseFinding, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::releases::{self, ReleaseClass},
    view::View,
};

/// A hook of a Helm release did not finish in time.
#[derive(Debug)]
pub(crate) struct HelmHookTimeout;

static META: Meta = Meta {
    id: CheckId::new("release/helm-hook-timeout"),
    kind: FindingKind::Release(ReleaseFinding::HookTimeout),
    needs: &[
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE_PROXY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE)),
    ],
    advice: &["Look at the Job or Pod of the hook: what keeps it is what keeps the release."],
    casebook: include_str!("helm_hook_timeout.md"),
};

impl Check for HelmHookTimeout {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        releases::report(view, ReleaseClass::HookTimeout, report);
    }
}
