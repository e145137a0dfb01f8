#![doc = include_str!("helm_no_deployed.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, Kind, ReleaseFinding, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::releases::{self, ReleaseClass},
    view::View,
};

/// A Helm release has no revision that was ever deployed.
#[derive(Debug)]
pub(crate) struct HelmNoDeployed;

static META: Meta = Meta {
    id: CheckId::new("release/helm-no-deployed"),
    kind: FindingKind::Release(ReleaseFinding::NoDeployed),
    needs: &[
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE_PROXY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE)),
    ],
    advice: &[
        "Uninstall the remains of the first attempt and install again, or force it through the controller.",
    ],
    casebook: include_str!("helm_no_deployed.md"),
};

impl Check for HelmNoDeployed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        releases::report(view, ReleaseClass::NoDeployed, report);
    }
}
