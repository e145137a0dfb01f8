#![doc = include_str!("image_registry_wrong_host.md")]

use dogwatch_model::{CheckId, FindingKind, ImageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::pulls::{self, PullClass},
    view::View,
};

/// Something else than the registry answers under its name.
#[derive(Debug)]
pub(crate) struct RegistryWrongHost;

static META: Meta = Meta {
    id: CheckId::new("image/image-registry-wrong-host"),
    kind: FindingKind::Image(ImageFinding::RegistryWrongHost),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Compare the host in the image reference with the registry that is meant.",
        "Look up the name on the node, and whether a proxy or a wildcard record answers for it; more trusted authorities would not help.",
        "If the registry has moved, its certificate has to carry the new name.",
    ],
    casebook: include_str!("image_registry_wrong_host.md"),
};

impl Check for RegistryWrongHost {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        pulls::report(view, PullClass::RegistryWrongHost, report);
    }
}
