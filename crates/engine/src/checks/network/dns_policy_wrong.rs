#![doc = include_str!("dns_policy_wrong.md")]

use std::collections::BTreeSet;

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{
        contacts::{self, Trouble},
        resolvers,
    },
    view::View,
};

/// A Pod that asks for names of the cluster does not use its DNS server.
#[derive(Debug)]
pub(crate) struct DnsPolicyWrong;

static META: Meta = Meta {
    id: CheckId::new("network/dns-policy-wrong"),
    kind: FindingKind::Network(NetworkFinding::DnsPolicyWrong),
    needs: sources::SERVICES_AND_LOGS,
    advice: &[
        "Set dnsPolicy to ClusterFirst, or to ClusterFirstWithHostNet for a Pod in the network of its node.",
    ],
    casebook: include_str!("dns_policy_wrong.md"),
};

impl Check for DnsPolicyWrong {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut seen = BTreeSet::new();
        let lost = view.contacts.iter().filter(|contact| {
            matches!(contact.trouble, Trouble::Unresolved | Trouble::NoDns)
                && !resolvers::asks_cluster(contact.pod)
        });
        for contact in lost {
            let Some(backend) = contacts::backend(view, contact) else {
                continue;
            };
            let object = cite::pod(contact.pod);
            if !seen.insert((object.clone(), contact.container.clone())) {
                continue;
            }
            let service = cite::object(Kind::Service, &backend.service.meta);
            let policy = resolvers::policy(contact.pod);
            let subject = Subject::of(object.clone())
                .container(&contact.container)
                .detail(policy);
            let network = contact.pod.spec.host_network;
            let host = network.then(|| cite::spec(&object, "spec.hostNetwork", true));
            let facts = [
                contact.fact.clone(),
                cite::spec(&service, "spec.clusterIP", &backend.service.spec.cluster_ip),
            ];
            report.found(
                subject,
                cite::spec(&object, "spec.dnsPolicy", policy),
                facts.into_iter().chain(host),
            );
        }
    }
}
