#![doc = include_str!("image_unauthorized.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// The registry refuses the pull.
#[derive(Debug)]
pub(crate) struct Unauthorized;

static META: Meta = Meta {
    id: CheckId::new("image/image-unauthorized"),
    kind: FindingKind::Image(ImageFinding::Unauthorized),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Check that the Pod names an image pull Secret, that the Secret exists in this Namespace, and that it holds credentials for this registry.",
        "Docker Hub and others answer \"denied\" also for repositories that do not exist: check the name too.",
    ],
    casebook: include_str!("image_unauthorized.md"),
};

impl Check for Unauthorized {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::Unauthorized, report);
    }
}
