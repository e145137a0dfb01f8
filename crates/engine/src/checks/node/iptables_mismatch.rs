#![doc = include_str!("iptables_mismatch.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::problems,
    view::View,
};

/// Two versions of iptables write rules on the node.
#[derive(Debug)]
pub(crate) struct IptablesMismatch;

static META: Meta = Meta {
    id: CheckId::new("node/iptables-mismatch"),
    kind: FindingKind::Node(NodeFinding::IptablesMismatch),
    needs: sources::NODES_AND_EVENTS,
    advice: &["Let the node and every agent in the host network use the same mode of iptables."],
    casebook: include_str!("iptables_mismatch.md"),
};

impl Check for IptablesMismatch {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        problems::report(view, &problems::IPTABLES, report);
    }
}
