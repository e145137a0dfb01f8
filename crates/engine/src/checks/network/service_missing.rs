#![doc = include_str!("service_missing.md")]

use std::collections::BTreeMap;

use dogwatch_model::{CheckId, Evidence, FindingKind, Kind, NetworkFinding, ObjectRef, Source};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{
        absence,
        backends::{self, HostName},
        contacts::{Contact, Trouble},
    },
    view::View,
};

/// A client looks up the name of a Service that does not exist.
#[derive(Debug)]
pub(crate) struct ServiceMissing;

static META: Meta = Meta {
    id: CheckId::new("network/service-missing"),
    kind: FindingKind::Network(NetworkFinding::ServiceMissing),
    needs: sources::SERVICES_AND_LOGS,
    advice: &[
        "Create the Service, or correct the name in the configuration of the client; mind the Namespace that a short name means.",
    ],
    casebook: include_str!("service_missing.md"),
};

impl Check for ServiceMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut missing: BTreeMap<(String, String), Vec<Evidence>> = BTreeMap::new();
        let unresolved = view.contacts.iter();
        for contact in unresolved.filter(|known| known.trouble == Trouble::Unresolved) {
            let from = &*contact.pod.meta.namespace;
            let name = backends::host_name(&contact.host, from);
            let Some(name) = name.filter(|name| is_missing(view, contact, name)) else {
                continue;
            };
            let key = (name.namespace.to_owned(), name.service.to_owned());
            missing.entry(key).or_default().push(contact.fact.clone());
        }
        for ((namespace, name), mut facts) in missing {
            let object = ObjectRef::named(Kind::Service, &namespace, &name);
            if !absence::is_proven(&view.snapshot.ledger, Kind::Service, &namespace) {
                report.undecided(object, Source::Objects(Kind::Service));
                continue;
            }
            let place = ObjectRef::named(Kind::Namespace, "", &namespace);
            facts.insert(1, cite::status(&place, "Services of this name", 0));
            report.found_all(Subject::of(object), facts);
        }
    }
}

fn is_missing(view: &View<'_>, contact: &Contact<'_>, name: &HostName<'_>) -> bool {
    if view.backends.get(name.namespace, name.service).is_some() {
        return false;
    }
    if name.is_full {
        return true;
    }
    if contact.host.contains('.') {
        let mut known = view.snapshot.namespaces.iter();
        return known.any(|namespace| *namespace.meta.name == *name.namespace);
    }
    // A Pod in the network of its node asks for names of the node.
    let is_own = contact.host == *contact.pod.meta.name || contact.host == "localhost";
    !is_own && !contact.pod.spec.host_network
}
