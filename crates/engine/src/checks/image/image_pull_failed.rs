#![doc = include_str!("image_pull_failed.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// The pull fails for a reason without a name.
#[derive(Debug)]
pub(crate) struct PullFailed;

static META: Meta = Meta {
    id: CheckId::new("image/image-pull-failed"),
    kind: FindingKind::Image(ImageFinding::PullFailed),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Read the error in the evidence: the runtime uses words that fit no known class."],
    casebook: include_str!("image_pull_failed.md"),
};

impl Check for PullFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::Other, report);
    }
}
