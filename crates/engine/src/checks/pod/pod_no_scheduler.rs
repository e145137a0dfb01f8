#![doc = include_str!("pod_no_scheduler.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, PodFinding, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::placement,
    view::View,
};

/// No scheduler has looked at the Pod.
#[derive(Debug)]
pub(crate) struct NoScheduler;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-no-scheduler"),
    kind: FindingKind::Pod(PodFinding::NoScheduler),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Check that the scheduler named in the Pod runs: Pod, Lease, errors."],
    casebook: include_str!("pod_no_scheduler.md"),
};

impl Check for NoScheduler {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in view
            .suspects
            .iter()
            .filter(|suspect| placement::is_waiting(suspect))
        {
            let pod = suspect.pod;
            let is_new = pod
                .meta
                .created
                .is_none_or(|at| view.now().duration_since(at) <= PATIENCE);
            if pod.condition("PodScheduled").is_some() || is_new {
                continue;
            }
            if !view.has_events() {
                report.undecided(suspect.object.clone(), Source::Objects(Kind::Event));
                continue;
            }
            if view
                .pod_events(pod)
                .any(|event| event.reason == "FailedScheduling")
            {
                continue;
            }
            let name = &pod.spec.scheduler_name;
            let name = if name.is_empty() {
                "default-scheduler"
            } else {
                name
            };
            let subject = Subject::of(suspect.object.clone())
                .detail(name)
                .since(pod.begun());
            let fact = cite::spec(&suspect.object, "spec.schedulerName", name);
            let phase = cite::status(&suspect.object, "status.phase", &pod.status.phase);
            report.found(subject, fact, [phase]);
        }
    }
}

/// A scheduler that is alive looks at a Pod within seconds.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);
