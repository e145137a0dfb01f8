#![doc = include_str!("image_inspect_error.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// The container runtime cannot read the image it has.
#[derive(Debug)]
pub(crate) struct InspectError;

static META: Meta = Meta {
    id: CheckId::new("image/image-inspect-error"),
    kind: FindingKind::Image(ImageFinding::InspectError),
    needs: sources::PODS,
    advice: &[
        "Look at the image store of the runtime on this node: disk, file system, corrupted content.",
        "Move the Pod to another node to serve users meanwhile.",
    ],
    casebook: include_str!("image_inspect_error.md"),
};

impl Check for InspectError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::InspectError, report);
    }
}
