#![doc = include_str!("resolvconf.md")]

use dogwatch_model::{CheckId, FindingKind, NodeFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::problems,
    view::View,
};

/// The node has no usable resolv.conf.
#[derive(Debug)]
pub(crate) struct ResolvConf;

static META: Meta = Meta {
    id: CheckId::new("node/resolvconf"),
    kind: FindingKind::Node(NodeFinding::ResolvConf),
    needs: sources::NODES,
    advice: &["Restore /etc/resolv.conf on the node; look at who rewrites it."],
    casebook: include_str!("resolvconf.md"),
};

impl Check for ResolvConf {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        problems::report(view, &problems::RESOLV, report);
    }
}
