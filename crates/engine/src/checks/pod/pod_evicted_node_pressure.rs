#![doc = include_str!("pod_evicted_node_pressure.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
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
        super::report_failed(view, report, |status| {
            resource(&status.message).filter(|_| status.reason == "Evicted")
        });
    }
}

/// The resource that the kubelet names.
fn resource(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("low on resource: ")?;
    rest.split('.').next().map(str::to_owned)
}
