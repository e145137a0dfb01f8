#![doc = include_str!("sandbox_changed_loop.md")]

use dogwatch_model::{CheckId, FindingKind, NetworkFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notices,
    view::View,
};

/// The sandbox of a Pod is torn down and made again and again.
#[derive(Debug)]
pub(crate) struct SandboxChangedLoop;

static META: Meta = Meta {
    id: CheckId::new("network/sandbox-changed-loop"),
    kind: FindingKind::Network(NetworkFinding::SandboxChangedLoop),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Look at the container runtime and at the network plugin on the node; a runtime and a kubelet with different cgroup drivers do this too.",
    ],
    casebook: include_str!("sandbox_changed_loop.md"),
};

impl Check for SandboxChangedLoop {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in view.suspects.iter().filter(|known| !known.pod.is_ready()) {
            let pod = suspect.pod;
            if pod.is_finished() || pod.meta.is_terminating() {
                continue;
            }
            let events = view.pod_events(pod);
            let events: Vec<_> = events
                .filter(|event| event.reason == "SandboxChanged")
                .collect();
            let count: i64 = events.iter().map(|event| event.count).sum();
            let newest = events
                .last()
                .filter(|event| notices::is_recent(view, event));
            let Some(event) = newest.filter(|_| count >= MANY) else {
                continue;
            };
            let subject = Subject::of(suspect.object.clone())
                .detail(format!("{count} times"))
                .since(events.first().and_then(|event| event.first_seen));
            let ready = pod
                .condition("Ready")
                .map_or("not reported", |known| &known.status);
            let fact = cite::status(&suspect.object, "conditions.Ready", ready);
            report.found(subject, cite::event(event), [fact]);
        }
    }
}

/// A node that restarts takes every sandbox along, once or twice.
const MANY: i64 = 4;
