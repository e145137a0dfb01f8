#![doc = include_str!("pod_evicted_node_pressure.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The kubelet evicted the Pod because the node ran short.
#[derive(Debug)]
pub(crate) struct EvictedNodePressure;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-evicted-node-pressure"),
    kind: FindingKind::Pod(PodFinding::EvictedNodePressure),
    needs: sources::PODS,
    advice: &[
        "Look at the pressure of the node and at what uses the resource; give the Pod requests that match its use.",
    ],
    casebook: include_str!("pod_evicted_node_pressure.md"),
};

impl Check for EvictedNodePressure {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let status = &suspect.pod.status;
            if !(status.phase == "Failed"
                && status.reason == "Evicted"
                && status.message.contains("low on resource"))
            {
                continue;
            }
            let subject = Subject::of(suspect.object.clone())
                .detail(resource(&status.message))
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

/// The resource that the kubelet names.
fn resource(message: &str) -> String {
    let rest = message
        .split("low on resource: ")
        .nth(1)
        .unwrap_or_default();
    rest.split('.').next().unwrap_or_default().to_owned()
}
