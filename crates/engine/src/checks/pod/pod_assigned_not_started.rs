#![doc = include_str!("pod_assigned_not_started.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, PodFinding, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The Pod has a node whose kubelet does not take it up.
#[derive(Debug)]
pub(crate) struct AssignedNotStarted;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-assigned-not-started"),
    kind: FindingKind::Pod(PodFinding::AssignedNotStarted),
    needs: sources::PODS,
    advice: &["Look at the node: its Ready condition, its Lease, the kubelet."],
    casebook: include_str!("pod_assigned_not_started.md"),
};

impl Check for AssignedNotStarted {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let pod = suspect.pod;
            let is_untouched = !pod.node.is_empty()
                && pod.status.phase == "Pending"
                && pod.status.start_time.is_none()
                && pod.container_statuses().next().is_none();
            let bound = pod
                .condition("PodScheduled")
                .and_then(|known| known.since)
                .or(pod.begun());
            let is_late = bound.is_none_or(|at| view.now().duration_since(at) > PATIENCE);
            // A node that does not exist has its own check.
            let nodes = Source::Objects(Kind::Node);
            let is_known =
                view.snapshot.node(&pod.node).is_some() || !view.snapshot.ledger.is_complete(nodes);
            if !is_untouched || !is_late || !is_known || pod.meta.is_terminating() {
                continue;
            }
            let subject = Subject::of(suspect.object.clone())
                .detail(pod.node.to_string())
                .since(bound);
            report.found(
                subject,
                cite::spec(&suspect.object, "spec.nodeName", &pod.node),
                [cite::status(&suspect.object, "status.startTime", "not set")],
            );
        }
    }
}

/// A kubelet that is alive reports within seconds.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);
