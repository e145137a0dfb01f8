#![doc = include_str!("image_registry_dns.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// The registry name does not resolve on the node.
#[derive(Debug)]
pub(crate) struct RegistryDns;

static META: Meta = Meta {
    id: CheckId::new("image/image-registry-dns"),
    kind: FindingKind::Image(ImageFinding::RegistryDns),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Check the host part of the image reference for a typing error.",
        "Resolve the name from the node; when other registries resolve, the name is wrong, otherwise the DNS of the node is.",
    ],
    casebook: include_str!("image_registry_dns.md"),
};

impl Check for RegistryDns {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::RegistryDns, report);
    }
}
