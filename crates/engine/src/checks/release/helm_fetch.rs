#![doc = include_str!("helm_fetch.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, Kind, ReleaseFinding, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::releases::{self, ReleaseClass},
    view::View,
};

/// The chart of a Helm release cannot be fetched.
#[derive(Debug)]
pub(crate) struct HelmFetch;

static META: Meta = Meta {
    id: CheckId::new("release/helm-fetch"),
    kind: FindingKind::Release(ReleaseFinding::Fetch),
    needs: &[
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE_PROXY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE)),
    ],
    advice: &[
        "Test address, version and credentials of the repository from where the controller runs.",
    ],
    casebook: include_str!("helm_fetch.md"),
};

impl Check for HelmFetch {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        releases::report(view, ReleaseClass::Fetch, report);
    }
}
