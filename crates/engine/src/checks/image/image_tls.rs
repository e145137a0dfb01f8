#![doc = include_str!("image_tls.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// The TLS handshake with the registry fails.
#[derive(Debug)]
pub(crate) struct Tls;

static META: Meta = Meta {
    id: CheckId::new("image/image-tls"),
    kind: FindingKind::Image(ImageFinding::Tls),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Check the validity and the issuer of the registry certificate, and that the nodes trust it.",
        "\"server gave HTTP response to HTTPS client\" means that the registry speaks plain HTTP.",
    ],
    casebook: include_str!("image_tls.md"),
};

impl Check for Tls {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::Tls, report);
    }
}
