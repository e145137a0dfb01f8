#![doc = include_str!("pod_rejected_node_condition.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::Pattern,
    view::View,
};

/// The kubelet did not admit the Pod because of a condition of the node.
#[derive(Debug)]
pub(crate) struct RejectedNodeCondition;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-rejected-node-condition"),
    kind: FindingKind::Pod(PodFinding::RejectedNodeCondition),
    needs: sources::PODS,
    advice: &["Look at the conditions of the node."],
    casebook: include_str!("pod_rejected_node_condition.md"),
};

impl Check for RejectedNodeCondition {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        super::report_failed(view, report, |status| {
            CONDITION
                .capture(&status.message, "which")
                .map(str::to_owned)
        });
    }
}

static CONDITION: Pattern = Pattern::new(r"The node had condition: \[(?P<which>[^\]]+)\]");
