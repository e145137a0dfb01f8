#![doc = include_str!("ip_exhausted.md")]

use dogwatch_model::{CheckId, FindingKind, NetworkFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::sandboxes::{self, SandboxClass},
    view::View,
};

/// There is no Pod address left.
#[derive(Debug)]
pub(crate) struct IpExhausted;

static META: Meta = Meta {
    id: CheckId::new("network/ip-exhausted"),
    kind: FindingKind::Network(NetworkFinding::IpExhausted),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Look at the Pod range of the node and at the subnet; leaked addresses of dead Pods are the usual cause on one node.",
    ],
    casebook: include_str!("ip_exhausted.md"),
};

impl Check for IpExhausted {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        sandboxes::report(view, SandboxClass::IpExhausted, report);
    }
}
