#![doc = include_str!("pod_stuck_terminating.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::is_stuck_terminating,
    view::View,
};

/// The Pod should be gone and is not.
#[derive(Debug)]
pub(crate) struct StuckTerminating;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-stuck-terminating"),
    kind: FindingKind::Pod(PodFinding::StuckTerminating),
    needs: sources::PODS,
    advice: &[
        "Look at finalizers, at the node, and at a preStop hook or an unmount that hangs. Force deletion only when the node is proven to be off.",
    ],
    casebook: include_str!("pod_stuck_terminating.md"),
};

impl Check for StuckTerminating {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let pod = suspect.pod;
            let overdue = is_stuck_terminating(pod, view.now());
            let Some(until) = pod.meta.deletion.filter(|_| overdue) else {
                continue;
            };
            let finalizers = pod.meta.finalizers.joined(", ");
            let subject = Subject::of(suspect.object.clone())
                .detail(if finalizers.is_empty() {
                    String::new()
                } else {
                    format!("finalizers {finalizers}")
                })
                .since(Some(until));
            let events = view.pod_events(pod).filter(|event| {
                matches!(
                    &*event.reason,
                    "FailedKillPod" | "ExceededGracePeriod" | "FailedPreStopHook"
                )
            });
            let held = (!finalizers.is_empty())
                .then(|| cite::status(&suspect.object, "metadata.finalizers", &finalizers));
            report.found(
                subject,
                cite::status_at(
                    &suspect.object,
                    "metadata.deletionTimestamp",
                    until,
                    Some(until),
                ),
                held.into_iter().chain(events.last().map(cite::event)),
            );
        }
    }
}
