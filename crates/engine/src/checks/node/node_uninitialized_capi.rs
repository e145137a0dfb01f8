#![doc = include_str!("node_uninitialized_capi.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The Machine controller of Cluster API has not initialised the node.
#[derive(Debug)]
pub(crate) struct UninitializedCapi;

static META: Meta = Meta {
    id: CheckId::new("node/node-uninitialized-capi"),
    kind: FindingKind::Node(NodeFinding::UninitializedCapi),
    needs: sources::NODES,
    advice: &[
        "Look at the Machine controller of Cluster API. It removes the taint by itself; do not remove it by hand while the cause is open.",
    ],
    casebook: include_str!("node_uninitialized_capi.md"),
};

impl Check for UninitializedCapi {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in &view.snapshot.nodes {
            let Some(taint) = node.taint(TAINT) else {
                continue;
            };
            let object = cite::object(Kind::Node, &node.meta);
            let subject = Subject::of(object.clone())
                .detail(TAINT)
                .since(taint.time_added.or(node.meta.created));
            let provider = if node.spec.provider_id.is_empty() {
                "not set"
            } else {
                "set"
            };
            report.found(
                subject,
                cite::spec(
                    &object,
                    "spec.taints",
                    format!("{}:{}", taint.key, taint.effect),
                ),
                [cite::spec(&object, "spec.providerID", provider)],
            );
        }
    }
}

const TAINT: &str = "node.cluster.x-k8s.io/uninitialized";
