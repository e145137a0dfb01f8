#![doc = include_str!("sandbox_create_failed.md")]

use dogwatch_model::{CheckId, FindingKind, NetworkFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::sandboxes::{self, SandboxClass},
    view::View,
};

/// The sandbox of the Pod cannot be created.
#[derive(Debug)]
pub(crate) struct SandboxCreateFailed;

static META: Meta = Meta {
    id: CheckId::new("network/sandbox-create-failed"),
    kind: FindingKind::Network(NetworkFinding::SandboxCreateFailed),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Look at the CNI agent on this node and at the words of the plugin."],
    casebook: include_str!("sandbox_create_failed.md"),
};

impl Check for SandboxCreateFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        sandboxes::report(view, SandboxClass::Other, report);
    }
}
