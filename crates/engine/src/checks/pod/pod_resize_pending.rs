#![doc = include_str!("pod_resize_pending.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The Pod shall have other resources, and its node does not give them.
#[derive(Debug)]
pub(crate) struct ResizePending;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-resize-pending"),
    kind: FindingKind::Pod(PodFinding::ResizePending),
    needs: sources::PODS,
    advice: &[
        "When it is Infeasible, no node of this size can do it; when it is Deferred, the node has to get room first.",
    ],
    casebook: include_str!("pod_resize_pending.md"),
};

impl Check for ResizePending {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for pod in view
            .snapshot
            .pods
            .iter()
            .filter(|pod| !pod.is_finished() && !pod.meta.is_terminating())
        {
            let pending = pod
                .condition("PodResizePending")
                .filter(|known| known.is_true());
            let Some(pending) = pending else { continue };
            let is_new = |at| view.now().duration_since(at) < PATIENCE;
            if pending.reason != "Infeasible" && pending.since.is_some_and(is_new) {
                continue;
            }
            let object = cite::pod(pod);
            let subject = Subject::of(object.clone())
                .detail(pending.reason.to_string())
                .since(pending.since);
            report.found(subject, cite::condition(&object, pending), None);
        }
    }
}

/// Other Pods of the node may make room.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);
