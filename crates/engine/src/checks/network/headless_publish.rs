#![doc = include_str!("headless_publish.md")]

use std::collections::BTreeSet;

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{backends, contacts::Trouble},
    view::View,
};

/// The name of a Pod behind a headless Service has no address because the Pod is not ready.
#[derive(Debug)]
pub(crate) struct HeadlessPublish;

static META: Meta = Meta {
    id: CheckId::new("network/headless-publish"),
    kind: FindingKind::Network(NetworkFinding::HeadlessPublish),
    needs: sources::SERVICES_AND_LOGS,
    advice: &[
        "Set publishNotReadyAddresses on the governing Service when its Pods must find each other before they are ready.",
    ],
    casebook: include_str!("headless_publish.md"),
};

impl Check for HeadlessPublish {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut seen = BTreeSet::new();
        let unresolved = view.contacts.iter();
        for contact in unresolved.filter(|known| known.trouble == Trouble::Unresolved) {
            let from = &*contact.pod.meta.namespace;
            let Some(name) = backends::host_name(&contact.host, from) else {
                continue;
            };
            let backend = view.backends.get(name.namespace, name.service);
            let is_meant = |known: &&backends::Backend<'_>| {
                known.is_headless() && !known.service.spec.publish_not_ready_addresses
            };
            let (Some(wanted), Some(backend)) = (name.pod, backend.filter(is_meant)) else {
                continue;
            };
            let mut pods = backend.pods.iter();
            let pod = pods.find(|pod| *pod.meta.name == *wanted && !pod.is_ready());
            let Some(pod) = pod.filter(|pod| seen.insert(&pod.meta.uid)) else {
                continue;
            };
            let object = cite::object(Kind::Service, &backend.service.meta);
            let ready = pod
                .condition("Ready")
                .map_or("not reported", |known| &known.status);
            report.found(
                Subject::of(object.clone()).detail(wanted),
                contact.fact.clone(),
                [
                    cite::spec(&object, "spec.publishNotReadyAddresses", false),
                    cite::status(&cite::pod(pod), "conditions.Ready", ready),
                ],
            );
        }
    }
}
