#![doc = include_str!("helm_wait_timeout.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, Kind, ReleaseFinding, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::releases::{self, ReleaseClass},
    view::View,
};

/// The objects of a Helm release were not ready in time.
#[derive(Debug)]
pub(crate) struct HelmWaitTimeout;

static META: Meta = Meta {
    id: CheckId::new("release/helm-wait-timeout"),
    kind: FindingKind::Release(ReleaseFinding::WaitTimeout),
    needs: &[
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE_PROXY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE)),
    ],
    advice: &["Look at the workloads of the release: what keeps their Pods keeps the release."],
    casebook: include_str!("helm_wait_timeout.md"),
};

impl Check for HelmWaitTimeout {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        releases::report(view, ReleaseClass::WaitTimeout, report);
    }
}
