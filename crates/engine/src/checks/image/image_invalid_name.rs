#![doc = include_str!("image_invalid_name.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// The image reference cannot be parsed.
#[derive(Debug)]
pub(crate) struct InvalidName;

static META: Meta = Meta {
    id: CheckId::new("image/image-invalid-name"),
    kind: FindingKind::Image(ImageFinding::InvalidName),
    needs: sources::PODS,
    advice: &[
        "Correct the image reference in the template: lower-case repository, one tag or digest, no spaces.",
        "If this is a new version and the old one still serves, roll back; otherwise correct the image in the template.",
    ],
    casebook: include_str!("image_invalid_name.md"),
};

impl Check for InvalidName {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::InvalidName, report);
    }
}
