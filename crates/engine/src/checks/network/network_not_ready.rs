#![doc = include_str!("network_not_ready.md")]

use dogwatch_model::{CheckId, FindingKind, NetworkFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::sandboxes::{self, SandboxClass},
    view::View,
};

/// The network of the node is not ready.
#[derive(Debug)]
pub(crate) struct NetworkNotReady;

static META: Meta = Meta {
    id: CheckId::new("network/network-not-ready"),
    kind: FindingKind::Network(NetworkFinding::NetworkNotReady),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Look at the CNI agent on this node."],
    casebook: include_str!("network_not_ready.md"),
};

impl Check for NetworkNotReady {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        sandboxes::report(view, SandboxClass::NetworkNotReady, report);
    }
}
