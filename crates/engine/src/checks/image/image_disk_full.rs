#![doc = include_str!("image_disk_full.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// The node has no space left for the image.
#[derive(Debug)]
pub(crate) struct DiskFull;

static META: Meta = Meta {
    id: CheckId::new("image/image-disk-full"),
    kind: FindingKind::Image(ImageFinding::DiskFull),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Free or enlarge the image file system of the node; look at the DiskPressure condition.",
    ],
    casebook: include_str!("image_disk_full.md"),
};

impl Check for DiskFull {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::DiskFull, report);
    }
}
