#![doc = include_str!("image_pull_slow.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// The pull has been running for more than five minutes.
#[derive(Debug)]
pub(crate) struct PullSlow;

static META: Meta = Meta {
    id: CheckId::new("image/image-pull-slow"),
    kind: FindingKind::Image(ImageFinding::PullSlow),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Look at image size, registry bandwidth, and other pulls on this node (pulls are serialised by default).",
    ],
    casebook: include_str!("image_pull_slow.md"),
};

impl Check for PullSlow {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::Slow, report);
    }
}
