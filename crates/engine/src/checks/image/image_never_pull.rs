#![doc = include_str!("image_never_pull.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// The image is not on the node and must not be pulled.
#[derive(Debug)]
pub(crate) struct NeverPull;

static META: Meta = Meta {
    id: CheckId::new("image/image-never-pull"),
    kind: FindingKind::Image(ImageFinding::NeverPull),
    needs: sources::PODS,
    advice: &[
        "Set imagePullPolicy to IfNotPresent, or load the image on every node that may run the Pod.",
    ],
    casebook: include_str!("image_never_pull.md"),
};

impl Check for NeverPull {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::NeverPull, report);
    }
}
