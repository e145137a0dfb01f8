#![doc = include_str!("image_rate_limited.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// The registry or the kubelet limits pulls.
#[derive(Debug)]
pub(crate) struct RateLimited;

static META: Meta = Meta {
    id: CheckId::new("image/image-rate-limited"),
    kind: FindingKind::Image(ImageFinding::RateLimited),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Pull with an authenticated account or from a mirror.",
        "\"pull QPS exceeded\" is the limit of the kubelet itself (registryPullQPS).",
    ],
    casebook: include_str!("image_rate_limited.md"),
};

impl Check for RateLimited {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::RateLimited, report);
    }
}
