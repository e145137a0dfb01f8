#![doc = include_str!("image_registry_unreachable.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// The registry resolves and cannot be reached.
#[derive(Debug)]
pub(crate) struct RegistryUnreachable;

static META: Meta = Meta {
    id: CheckId::new("image/image-registry-unreachable"),
    kind: FindingKind::Image(ImageFinding::RegistryUnreachable),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Check egress from the node to the registry: firewall, proxy, NAT, VPC endpoint.",
        "Several nodes at once speak for the registry or the egress, a single node for its network.",
    ],
    casebook: include_str!("image_registry_unreachable.md"),
};

impl Check for RegistryUnreachable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::RegistryUnreachable, report);
    }
}
