#![doc = include_str!("node_uninitialized_cloud.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The cloud controller manager has not initialised the node.
#[derive(Debug)]
pub(crate) struct UninitializedCloud;

static META: Meta = Meta {
    id: CheckId::new("node/node-uninitialized-cloud"),
    kind: FindingKind::Node(NodeFinding::UninitializedCloud),
    needs: sources::NODES,
    advice: &[
        "Look at the cloud controller manager. It removes the taint by itself; do not remove it by hand while the cause is open.",
    ],
    casebook: include_str!("node_uninitialized_cloud.md"),
};

impl Check for UninitializedCloud {
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

const TAINT: &str = "node.cloudprovider.kubernetes.io/uninitialized";
