#![doc = include_str!("ntp_skew.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{leaders, problems},
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
        let Some((lease, others)) = leaders::ahead(view) else {
            return;
        };
        let node = view.snapshot.node(&lease.meta.name);
        let node = node.filter(|node| problems::read(view, node, &problems::NTP).is_none());
        if let Some(node) = node {
            let object = cite::object(Kind::Node, &node.meta);
            let ahead = lease
                .spec
                .renew_time
                .map(|at| at.duration_since(others).as_secs());
            let subject = Subject::of(object.clone())
                .detail(format!("{} s ahead", ahead.unwrap_or_default()));
            let usual = cite::status(&object, "renewTime of the other nodes", others);
            report.found(subject, leaders::quote(lease), [usual]);
        }
    }
}
