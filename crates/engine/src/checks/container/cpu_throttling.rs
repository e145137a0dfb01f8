#![doc = include_str!("cpu_throttling.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::View,
};

/// Somebody recorded that a container of the Pod is held back at its CPU limit.
#[derive(Debug)]
pub(crate) struct CpuThrottling;

static META: Meta = Meta {
    id: CheckId::new("container/cpu-throttling"),
    kind: FindingKind::Container(ContainerFinding::CpuThrottling),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Raise or remove the CPU limit of the container."],
    casebook: include_str!("cpu_throttling.md"),
};

impl Check for CpuThrottling {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for (event, pod) in notes::of_pods(view, &["CPUThrottlingHigh", "CPUThrottling"]) {
            if pod.meta.is_terminating() {
                continue;
            }
            let subject = Subject::of(cite::pod(pod))
                .since(event.first_seen)
                .container(event.container().unwrap_or_default());
            report.found(subject, cite::event(event), None);
        }
    }
}
