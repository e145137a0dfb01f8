#![doc = include_str!("kubelet_admission_reject.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    view::View,
};

/// The kubelet did not admit the Pod.
#[derive(Debug)]
pub(crate) struct KubeletAdmissionReject;

static META: Meta = Meta {
    id: CheckId::new("pod/kubelet-admission-reject"),
    kind: FindingKind::Pod(PodFinding::KubeletAdmissionReject),
    needs: sources::PODS,
    advice: &[
        "A race with the scheduler heals itself. When it repeats, look at device plugins, static Pods and the resource managers of the node.",
    ],
    casebook: include_str!("kubelet_admission_reject.md"),
};

impl Check for KubeletAdmissionReject {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        super::report_failed(view, report, |status| {
            is_admission(&status.reason).then(|| status.reason.to_string())
        });
    }
}

/// Reasons that the kubelet gives when it does not admit a Pod.
fn is_admission(reason: &str) -> bool {
    reason.starts_with("OutOf")
        || reason.starts_with("Taint")
        || matches!(
            reason,
            "NodeAffinity"
                | "NodeName"
                | "NodePorts"
                | "UnexpectedAdmissionError"
                | "TopologyAffinityError"
                | "PodOSNotSupported"
                | "PodOSSelectorNodeLabelDoesNotMatch"
                | "InitContainerRestartPolicyForbidden"
                | "SupplementalGroupsPolicyNotSupported"
                | "AppArmor"
                | "PodFeatureUnsupported"
                | "PodLevelResourcesNotSupported"
                | "InvalidNodeInfo"
        )
}
