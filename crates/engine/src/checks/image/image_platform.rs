#![doc = include_str!("image_platform.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// The image has no variant for the node architecture.
#[derive(Debug)]
pub(crate) struct Platform;

static META: Meta = Meta {
    id: CheckId::new("image/image-platform"),
    kind: FindingKind::Image(ImageFinding::Platform),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Publish the image for this architecture, or select nodes of the architecture it has.",
    ],
    casebook: include_str!("image_platform.md"),
};

impl Check for Platform {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::Platform, report);
    }
}
