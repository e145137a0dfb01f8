#![doc = include_str!("pod_rejected_node_condition.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
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
        for suspect in &view.suspects {
            let status = &suspect.pod.status;
            if !(status.phase == "Failed" && status.message.contains("The node had condition")) {
                continue;
            }
            let subject = Subject::of(suspect.object.clone())
                .detail(String::new())
                .since(suspect.pod.begun());
            let state = format!("{}/{}: {}", status.phase, status.reason, status.message);
            let disruption = suspect
                .pod
                .condition("DisruptionTarget")
                .filter(|known| known.is_true());
            let facts = disruption.map(|known| cite::condition(&suspect.object, known));
            report.found(
                subject,
                cite::status(&suspect.object, "status.phase", state),
                facts,
            );
        }
    }
}
