#![doc = include_str!("allocatable_misconfig.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::problems,
    view::View,
};

/// The kubelet cannot enforce what it keeps back for the system.
#[derive(Debug)]
pub(crate) struct AllocatableMisconfig;

static META: Meta = Meta {
    id: CheckId::new("node/allocatable-misconfig"),
    kind: FindingKind::Node(NodeFinding::AllocatableMisconfig),
    needs: sources::NODES_AND_EVENTS,
    advice: &[
        "Compare kubeReserved, systemReserved and their cgroups in the configuration of the kubelet with what the node has.",
    ],
    casebook: include_str!("allocatable_misconfig.md"),
};

impl Check for AllocatableMisconfig {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in &view.snapshot.nodes {
            let failed = problems::recent(view, node, &["FailedNodeAllocatableEnforcement"]);
            let Some(newest) = failed.last() else {
                continue;
            };
            let done = problems::recent(view, node, &["NodeAllocatableEnforced"]);
            if done
                .last()
                .is_some_and(|event| event.last_seen > newest.last_seen)
            {
                continue;
            }
            let object = cite::object(Kind::Node, &node.meta);
            let subject = Subject::of(object).since(newest.first_seen);
            report.found(subject, cite::event(newest), None);
        }
    }
}
