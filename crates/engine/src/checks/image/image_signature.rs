#![doc = include_str!("image_signature.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// The image fails signature validation.
#[derive(Debug)]
pub(crate) struct Signature;

static META: Meta = Meta {
    id: CheckId::new("image/image-signature"),
    kind: FindingKind::Image(ImageFinding::Signature),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Check which policy the node or runtime enforces and whether the image is signed by an accepted identity.",
    ],
    casebook: include_str!("image_signature.md"),
};

impl Check for Signature {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::Signature, report);
    }
}
