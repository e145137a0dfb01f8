#![doc = include_str!("cpu_throttling.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind, Kind};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{alerts, notes},
    view::View,
};

/// A container is held back by its CPU limit.
#[derive(Debug)]
pub(crate) struct CpuThrottling;

static META: Meta = Meta {
    id: CheckId::new("container/cpu-throttling"),
    kind: FindingKind::Container(ContainerFinding::CpuThrottling),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Raise the CPU limit, or remove it and keep the request; compare the use of its siblings first.",
        "More replicas help when the load is spread.",
    ],
    casebook: include_str!("cpu_throttling.md"),
};

/// Words in the names of alerts about throttling.
const WORDS: &[&str] = &["throttl"];

impl Check for CpuThrottling {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        // A recorder may have written the alert down as an Event about the Pod.
        for (event, pod) in notes::of_pods(view, &["CPUThrottlingHigh", "CPUThrottling"]) {
            if pod.meta.is_terminating() {
                continue;
            }
            let subject = Subject::of(cite::pod(pod))
                .since(event.first_seen)
                .container(event.container().unwrap_or_default());
            report.found(subject, cite::event(event), None);
        }
        for alert in alerts::named(view, Kind::Pod, WORDS) {
            let pods = view.snapshot.pods.iter().filter(|pod| {
                pod.meta.name == alert.object.name && pod.meta.namespace == alert.object.namespace
            });
            for pod in pods {
                let object = cite::pod(pod);
                let containers = pod.spec.containers.iter().filter(|container| {
                    alert.container.is_empty() || container.name == alert.container
                });
                for container in containers {
                    let Some(limit) = container.resources.limits.get("cpu") else {
                        continue;
                    };
                    let subject = Subject::of(object.clone())
                        .container(&container.name)
                        .detail(format!("limit {limit}"));
                    let field = format!("{}.resources.limits.cpu", container.name);
                    let request = container.resources.requests.get("cpu").map(|request| {
                        let field = format!("{}.resources.requests.cpu", container.name);
                        cite::spec(&object, &field, request)
                    });
                    let facts = [cite::spec(&object, &field, limit)];
                    report.found(
                        subject,
                        cite::alert(&object, alert),
                        facts.into_iter().chain(request),
                    );
                }
            }
        }
    }
}
