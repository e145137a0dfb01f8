#![doc = include_str!("container_stuck_creating.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind, Kind, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::mounts,
    view::View,
};

/// The containers are not created and no Event says why.
#[derive(Debug)]
pub(crate) struct StuckCreating;

static META: Meta = Meta {
    id: CheckId::new("container/container-stuck-creating"),
    kind: FindingKind::Container(ContainerFinding::StuckCreating),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Look at the kubelet and the container runtime of the node."],
    casebook: include_str!("container_stuck_creating.md"),
};

impl Check for StuckCreating {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let pod = suspect.pod;
            let is_known = view
                .volumes
                .iter()
                .any(|known| known.suspect.pod.meta.uid == pod.meta.uid)
                || view
                    .sandboxes
                    .iter()
                    .any(|known| known.suspect.pod.meta.uid == pod.meta.uid)
                || view
                    .pulls
                    .iter()
                    .any(|known| known.suspect.pod.meta.uid == pod.meta.uid);
            let begun = pod.status.start_time.or(pod.meta.created);
            let is_late = begun.is_none_or(|at| view.now().duration_since(at) > PATIENCE);
            let has_statuses = pod.container_statuses().next().is_some();
            if is_known || !is_late || !has_statuses || pod.node.is_empty() || pod.is_finished() {
                continue;
            }
            if !mounts::is_waiting_to_start(suspect) || pod.meta.is_terminating() {
                continue;
            }
            // Somebody is at work: an image is pulled, a volume was just attached.
            let is_busy = view.pod_events(pod).any(|event| {
                event.kind == "Normal"
                    && event
                        .last_seen
                        .is_some_and(|at| view.now().duration_since(at) <= PATIENCE)
            });
            if is_busy {
                continue;
            }
            if !view.has_events() {
                report.undecided(suspect.object.clone(), Source::Objects(Kind::Event));
                continue;
            }
            let subject = Subject::of(suspect.object.clone())
                .detail(pod.node.to_string())
                .since(begun);
            report.found_all(
                subject,
                mounts::waiting_evidence(suspect)
                    .into_iter()
                    .chain([cite::spec(&suspect.object, "spec.nodeName", &pod.node)]),
            );
        }
    }
}

/// Volumes, sandbox and images take time; beyond this somebody should have said something.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);
