#![doc = include_str!("pod_node_shutdown.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The node was shut down.
#[derive(Debug)]
pub(crate) struct NodeShutdown;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-node-shutdown"),
    kind: FindingKind::Pod(PodFinding::NodeShutdown),
    needs: sources::PODS,
    advice: &["Expected during maintenance; otherwise ask the provider why the node stopped."],
    casebook: include_str!("pod_node_shutdown.md"),
};

impl Check for NodeShutdown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let status = &suspect.pod.status;
            if !(status.phase == "Failed"
                && (status.reason == "NodeShutdown"
                    || status.reason == "Terminated" && status.message.contains("node shutdown")))
            {
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
