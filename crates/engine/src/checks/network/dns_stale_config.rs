#![doc = include_str!("dns_stale_config.md")]

use std::collections::BTreeSet;

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding, snapshot::Pod};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{
        backends::{self, Backend},
        contacts::{self, Contact, Trouble},
        resolvers,
    },
    view::View,
};

/// The DNS server works and denies the name of a Service that exists.
#[derive(Debug)]
pub(crate) struct DnsStaleConfig;

static META: Meta = Meta {
    id: CheckId::new("network/dns-stale-config"),
    kind: FindingKind::Network(NetworkFinding::DnsStaleConfig),
    needs: sources::SERVICES_AND_LOGS,
    advice: &[
        "Look into the Corefile for template, hosts or rewrite lines that answer for this name, and whether all DNS Pods have loaded the present one.",
    ],
    casebook: include_str!("dns_stale_config.md"),
};

impl Check for DnsStaleConfig {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let Some(server) = resolvers::pods(view).find(|pod| pod.is_ready()) else {
            return;
        };
        let mut seen = BTreeSet::new();
        let denied = view.contacts.iter().filter(|contact| {
            contact.trouble == Trouble::Unresolved
                && contact.is_present
                && resolvers::asks_cluster(contact.pod)
        });
        for contact in denied {
            let backend = contacts::backend(view, contact);
            let Some(backend) = backend.filter(|known| has_name(known, contact)) else {
                continue;
            };
            let object = cite::object(Kind::Service, &backend.service.meta);
            if !seen.insert(object.clone()) {
                continue;
            }
            let subject = Subject::of(object.clone()).detail(contact.host.clone());
            report.found(
                subject,
                contact.fact.clone(),
                [
                    cite::spec(&object, "spec.clusterIP", &backend.service.spec.cluster_ip),
                    cite::status(&cite::pod(server), "conditions.Ready", "True"),
                ],
            );
        }
    }
}

/// True when the name must have an address, and had one all the time the Pod was there.
fn has_name(backend: &Backend<'_>, contact: &Contact<'_>) -> bool {
    let name = backends::host_name(&contact.host, &contact.pod.meta.namespace);
    let is_service = name.is_some_and(|name| name.pod.is_none());
    let service = &backend.service;
    let has_address = match &*service.spec.cluster_ip {
        "" => false,
        "None" => backend.ready().next().is_some(),
        _ => true,
    };
    is_service && has_address && is_older(backend, contact.pod) && !service.meta.is_terminating()
}

fn is_older(backend: &Backend<'_>, pod: &Pod) -> bool {
    let (service, pod) = (backend.service.meta.created, pod.begun());
    matches!((service, pod), (Some(service), Some(pod)) if service <= pod)
}
