#![doc = include_str!("service_no_ready_endpoints.md")]

use std::{collections::BTreeSet, ptr};

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding, snapshot::Pod};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::backends::Backend,
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
        let suspects: BTreeSet<usize> = view
            .suspects
            .iter()
            .map(|suspect| ptr::from_ref(suspect.pod).addr())
            .collect();
        for backend in view.backends.iter().filter(|known| is_selecting(known)) {
            let service = backend.service;
            let selected = || {
                let pods = backend.pods.iter().copied();
                pods.filter(|pod| !pod.meta.is_terminating())
            };
            let is_suspect = |pod: &&Pod| suspects.contains(&ptr::from_ref(*pod).addr());
            let mut suspects = selected().filter(is_suspect).peekable();
            if suspects.peek().is_none() || selected().any(Pod::is_ready) {
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

fn is_selecting(backend: &Backend<'_>) -> bool {
    backend.is_selecting() && !backend.service.spec.publish_not_ready_addresses
}
