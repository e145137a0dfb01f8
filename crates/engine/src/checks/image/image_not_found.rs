#![doc = include_str!("image_not_found.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// The registry was reached and does not have the image.
#[derive(Debug)]
pub(crate) struct NotFound;

static META: Meta = Meta {
    id: CheckId::new("image/image-not-found"),
    kind: FindingKind::Image(ImageFinding::NotFound),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Compare the image reference with the one of the old version: repository, tag and digest.",
        "If this is a new version and the old one still serves, roll back; otherwise correct the image in the template.",
    ],
    casebook: include_str!("image_not_found.md"),
};

impl Check for NotFound {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::NotFound, report);
    }
}
