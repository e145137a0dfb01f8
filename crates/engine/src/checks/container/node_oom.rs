#![doc = include_str!("node_oom.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::ends::{self, EndClass},
    view::View,
};

/// The node ran out of memory and the kernel chose this container.
#[derive(Debug)]
pub(crate) struct NodeOom;

static META: Meta = Meta {
    id: CheckId::new("container/node-oom"),
    kind: FindingKind::Container(ContainerFinding::NodeOom),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Look at the memory of the node and at Pods without limits on it."],
    casebook: include_str!("node_oom.md"),
};

impl Check for NodeOom {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::NodeOom, report);
    }
}
