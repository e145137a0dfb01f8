#![doc = include_str!("helm_render_values.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, Kind, ReleaseFinding, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::releases::{self, ReleaseClass},
    view::View,
};

/// The chart of a Helm release cannot be rendered with its values.
#[derive(Debug)]
pub(crate) struct HelmRenderValues;

static META: Meta = Meta {
    id: CheckId::new("release/helm-render-values"),
    kind: FindingKind::Release(ReleaseFinding::RenderValues),
    needs: &[
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE_PROXY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE)),
    ],
    advice: &["Mend the values that the message names."],
    casebook: include_str!("helm_render_values.md"),
};

impl Check for HelmRenderValues {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        releases::report(view, ReleaseClass::RenderValues, report);
    }
}
