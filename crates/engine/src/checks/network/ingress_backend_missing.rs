#![doc = include_str!("ingress_backend_missing.md")]

use dogwatch_model::{
    CheckId, Evidence, FindingKind, Kind, NetworkFinding, ObjectRef, Source, snapshot::Service,
};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{absence, ingresses},
    view::View,
};

/// A path of an Ingress leads to a Service, or a port of one, that does not exist.
#[derive(Debug)]
pub(crate) struct IngressBackendMissing;

static META: Meta = Meta {
    id: CheckId::new("network/ingress-backend-missing"),
    kind: FindingKind::Network(NetworkFinding::IngressBackendMissing),
    needs: sources::INGRESSES,
    advice: &["Correct the name or port in the backend of the Ingress, or create the Service."],
    casebook: include_str!("ingress_backend_missing.md"),
};

impl Check for IngressBackendMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for ingress in ingresses::all(view) {
            let meta = &ingress.meta;
            let age = meta.created.map(|at| view.now().duration_since(at));
            if age.is_some_and(|age| age < PATIENCE) {
                continue;
            }
            let object = cite::object(Kind::Ingress, meta);
            for (place, backend) in ingresses::backends(ingress) {
                let Some(named) = &backend.service else {
                    continue;
                };
                let (port, name) = (&named.port, &*named.name);
                let asked = match &*port.name {
                    ACTION => continue,
                    "" => port.number.to_string(),
                    word => word.to_owned(),
                };
                let fact = cite::spec(&object, &place, format!("Service {name}, port {asked}"));
                match view.snapshot.service(&meta.namespace, name) {
                    Some(service) => {
                        if let Some(ports) = lacks(service, &port.name, port.number) {
                            let detail = format!("Service {name} has no port {asked}");
                            let subject = Subject::of(object.clone()).detail(detail);
                            report.found(subject, fact, [ports]);
                        }
                    }
                    None if absence::is_proven(
                        &view.snapshot.ledger,
                        Kind::Service,
                        &meta.namespace,
                    ) =>
                    {
                        let detail = format!("no Service {name}");
                        let lost = ObjectRef::named(Kind::Service, &meta.namespace, name);
                        let none = cite::status(&lost, "Services of this name", 0);
                        report.found(Subject::of(object.clone()).detail(detail), fact, [none]);
                    }
                    None => {
                        report.undecided(object.clone(), Source::Objects(Kind::Service));
                    }
                }
            }
        }
    }
}

/// Services and Ingresses of one change come in any order.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

/// The port name by which an annotation, and no Service, says what to do.
const ACTION: &str = "use-annotation";

/// The ports of a Service that lacks the one that is asked for.
fn lacks(service: &Service, name: &str, number: i64) -> Option<Evidence> {
    let ports = &service.spec.ports;
    let mut known = ports.iter();
    let has = known.any(|port| {
        if name.is_empty() {
            port.port == number
        } else {
            port.name == *name
        }
    });
    // Names outside the cluster need no ports.
    if has || service.spec.kind == "ExternalName" {
        return None;
    }
    let words: Vec<String> = ports
        .iter()
        .map(|port| match &*port.name {
            "" => port.port.to_string(),
            name => format!("{name}={}", port.port),
        })
        .collect();
    let object = cite::object(Kind::Service, &service.meta);
    Some(cite::spec(&object, "spec.ports", words.join(",")))
}
