#![doc = include_str!("service_targetport_mismatch.md")]

use std::collections::BTreeSet;

use dogwatch_model::{
    CheckId, Evidence, FindingKind, Kind, NetworkFinding, Severity,
    snapshot::{Container, Pod, ServicePort},
    wire::IntOrString,
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{
        backends::{self, Backend},
        contacts::{self, Trouble},
    },
    view::View,
};

/// A port of a Service leads where no Pod listens, or a client asks for a port that the Service lacks.
#[derive(Debug)]
pub(crate) struct ServiceTargetPortMismatch;

static META: Meta = Meta {
    id: CheckId::new("network/service-targetport-mismatch"),
    kind: FindingKind::Network(NetworkFinding::ServiceTargetPortMismatch),
    needs: sources::SERVICES_AND_LOGS,
    advice: &[
        "Correct targetPort of the Service to the name or number under which the container listens, or the port in the configuration of the client.",
    ],
    casebook: include_str!("service_targetport_mismatch.md"),
};

impl Check for ServiceTargetPortMismatch {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let selecting = view.backends.iter().filter(|known| known.is_selecting());
        for backend in selecting.filter(|known| !known.service.meta.is_terminating()) {
            for port in &backend.service.spec.ports {
                judge(view, backend, port, report);
            }
            asked_for_others(view, backend, report);
        }
    }
}

fn judge(view: &View<'_>, backend: &Backend<'_>, port: &ServicePort, report: &mut Report<'_>) {
    let pods = backend.pods.iter().copied();
    let pods: Vec<&Pod> = pods.filter(|pod| !pod.meta.is_terminating()).collect();
    let Some(target) = port.target_port.as_ref().filter(|_| !pods.is_empty()) else {
        return;
    };
    let (asks, severity) = match target {
        IntOrString::Text(name) => {
            if pods
                .iter()
                .any(|pod| backends::named_port(pod, name, &port.protocol).is_some())
            {
                return;
            }
            (None, of_name(view, backend, port))
        }
        IntOrString::Int(number) => {
            if *number == 0 || pods.iter().any(|pod| is_served(pod, *number)) {
                return;
            }
            let refused = contacts::with(view, backend, |contact| {
                contact.trouble == Trouble::Refused
                    && contact.is_present
                    && contact.port.is_none_or(|asked| asked == port.port)
            });
            let asks = refused.map(|contact| contact.fact.clone()).next();
            let own = |pod: &&Pod| declared(pod).any(|known| known == port.port);
            match asks {
                Some(fact) => (Some(fact), Severity::Critical),
                None if *number != port.port && pods.iter().all(own) => (None, Severity::Warning),
                None => return,
            }
        }
    };
    let object = cite::object(Kind::Service, &backend.service.meta);
    let subject = Subject::of(object.clone())
        .detail(format!("port {} leads to {target}", port.port))
        .severity(severity);
    let pods = pods.iter().take(3).map(|pod| ports_of(pod));
    let kind = shown(&port.protocol);
    let fact = format!("port {}{kind}, targetPort {target}", port.port);
    report.found(
        subject,
        cite::spec(&object, "spec.ports", fact),
        asks.into_iter().chain(pods),
    );
}

/// A port without an endpoint among others that have some, for example of metrics that are switched
/// off, hurts only those who ask for it.
fn of_name(view: &View<'_>, backend: &Backend<'_>, port: &ServicePort) -> Severity {
    let is_only = backend.service.spec.ports.len() == 1;
    let mut asks = contacts::with(view, backend, |contact| contact.port == Some(port.port));
    if is_only || asks.next().is_some() {
        Severity::Critical
    } else {
        Severity::Info
    }
}

/// Numbers of the ports that a Pod declares.
fn declared(pod: &Pod) -> impl Iterator<Item = i64> {
    let ports = containers(pod).flat_map(|container| container.ports.iter());
    ports.map(|port| port.container_port)
}

fn containers(pod: &Pod) -> impl Iterator<Item = &Container> {
    pod.spec.containers.iter().chain(&pod.spec.init_containers)
}

/// True when the Pod declares the port, or answers probes there; a Pod that declares nothing may
/// listen anywhere.
fn is_served(pod: &Pod, number: i64) -> bool {
    let mut probes = containers(pod).flat_map(|container| {
        [
            &container.readiness_probe,
            &container.liveness_probe,
            &container.startup_probe,
        ]
    });
    let is_probed = pod.is_ready()
        && probes.any(|probe| {
            let port = probe.as_ref().and_then(|probe| probe.port());
            port == Some(&IntOrString::Int(number))
        });
    let mut ports = declared(pod).peekable();
    ports.peek().is_none() || is_probed || ports.any(|known| known == number)
}

/// A protocol that is not the usual one.
fn shown(protocol: &str) -> String {
    match backends::protocol(protocol) {
        "TCP" => String::new(),
        other => format!("/{other}"),
    }
}

fn ports_of(pod: &Pod) -> Evidence {
    let ports = containers(pod).flat_map(|container| container.ports.iter());
    let words: Vec<String> = ports
        .map(|port| {
            let number = format!("{}{}", port.container_port, shown(&port.protocol));
            match &*port.name {
                "" => number,
                name => format!("{name}={number}"),
            }
        })
        .collect();
    let words = if words.is_empty() {
        "none".to_owned()
    } else {
        words.join(",")
    };
    cite::spec(&cite::pod(pod), "declared ports", words)
}

/// Clients that ask for ports which the Service does not have.
fn asked_for_others(view: &View<'_>, backend: &Backend<'_>, report: &mut Report<'_>) {
    let service = backend.service;
    if backend.is_headless() || service.spec.ports.is_empty() {
        return;
    }
    let strange = contacts::with(view, backend, |contact| {
        let is_lost = matches!(
            contact.trouble,
            Trouble::Refused | Trouble::Timeout | Trouble::Waits
        );
        let mut ports = service.spec.ports.iter();
        let mut is_known = |asked: i64| ports.any(|port| port.port == asked);
        is_lost && contact.port.is_some_and(|asked| !is_known(asked))
    });
    let mut seen = BTreeSet::new();
    for contact in strange {
        let Some(asked) = contact.port.filter(|asked| seen.insert(*asked)) else {
            continue;
        };
        let object = cite::object(Kind::Service, &service.meta);
        let ports: Vec<String> = service
            .spec
            .ports
            .iter()
            .map(|port| port.port.to_string())
            .collect();
        let subject = Subject::of(object.clone()).detail(format!("port {asked} is asked for"));
        let fact = cite::spec(&object, "spec.ports", ports.join(","));
        report.found(subject, contact.fact.clone(), [fact]);
    }
}
