#![doc = include_str!("service_no_ready_endpoints.md")]

use dogwatch_model::{
    CheckId, FindingKind, Kind, NetworkFinding,
    snapshot::{Pod, Service},
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// A Service selects Pods and none of them is ready.
#[derive(Debug)]
pub(crate) struct ServiceNoReadyEndpoints;

static META: Meta = Meta {
    id: CheckId::new("network/service-no-ready-endpoints"),
    kind: FindingKind::Network(NetworkFinding::ServiceNoReadyEndpoints),
    needs: sources::SERVICES,
    advice: &[
        "Look at the Pods behind the Service: their own findings say why they are not ready.",
    ],
    casebook: include_str!("service_no_ready_endpoints.md"),
};

impl Check for ServiceNoReadyEndpoints {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for service in view
            .snapshot
            .services
            .iter()
            .filter(|service| is_selecting(service))
        {
            let selected = |pod: &&Pod| {
                pod.meta.namespace == service.meta.namespace
                    && service
                        .spec
                        .selector
                        .iter()
                        .all(|(key, value)| pod.meta.labels.get(key) == Some(value))
                    && !pod.is_finished()
                    && !pod.meta.is_terminating()
            };
            let mut suspects = view
                .suspects
                .iter()
                .map(|suspect| suspect.pod)
                .filter(selected)
                .peekable();
            if suspects.peek().is_none() {
                continue;
            }
            if view
                .snapshot
                .pods
                .iter()
                .filter(selected)
                .any(Pod::is_ready)
            {
                continue;
            }
            let object = cite::object(Kind::Service, &service.meta);
            let labels: Vec<String> = service
                .spec
                .selector
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            let pods = suspects.take(3).map(|pod| {
                let ready = pod
                    .condition("Ready")
                    .map_or("no Ready condition", |known| &known.status);
                cite::status(&cite::pod(pod), "conditions.Ready", ready)
            });
            let subject = Subject::of(object.clone());
            report.found(
                subject,
                cite::spec(&object, "spec.selector", labels.join(",")),
                pods,
            );
        }
    }
}

fn is_selecting(service: &Service) -> bool {
    !service.spec.selector.is_empty()
        && service.spec.kind != "ExternalName"
        && !service.spec.publish_not_ready_addresses
}
