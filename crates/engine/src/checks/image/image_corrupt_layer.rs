#![doc = include_str!("image_corrupt_layer.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// The image arrives damaged.
#[derive(Debug)]
pub(crate) struct CorruptLayer;

static META: Meta = Meta {
    id: CheckId::new("image/image-corrupt-layer"),
    kind: FindingKind::Image(ImageFinding::CorruptLayer),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Push the image again, and check the registry cache or mirror that serves it.",
        "When one node alone is hit, check its disk.",
    ],
    casebook: include_str!("image_corrupt_layer.md"),
};

impl Check for CorruptLayer {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::CorruptLayer, report);
    }
}
