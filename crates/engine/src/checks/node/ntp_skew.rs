#![doc = include_str!("ntp_skew.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::problems,
    view::View,
};

/// The clock of the node is not kept in time.
#[derive(Debug)]
pub(crate) struct NtpSkew;

static META: Meta = Meta {
    id: CheckId::new("node/ntp-skew"),
    kind: FindingKind::Node(NodeFinding::NtpSkew),
    needs: sources::NODES_AND_EVENTS,
    advice: &["Start the time service of the node and look at which servers it reaches."],
    casebook: include_str!("ntp_skew.md"),
};

impl Check for NtpSkew {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        problems::report(view, &problems::NTP, report);
    }
}
