#![doc = include_str!("nodeport_conflict.md")]

use dogwatch_model::{
    CheckId, Evidence, FindingKind, Kind, NetworkFinding, ObjectRef, snapshot::Service,
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{Pattern, notices},
    view::View,
};

/// A node port is wanted that another Service holds, or that lies outside the range.
#[derive(Debug)]
pub(crate) struct NodePortConflict;

static META: Meta = Meta {
    id: CheckId::new("network/nodeport-conflict"),
    kind: FindingKind::Network(NetworkFinding::NodePortConflict),
    needs: sources::SERVICES_AND_EVENTS,
    advice: &[
        "Choose another nodePort, or leave it out and let Kubernetes choose; see which Service holds the port.",
    ],
    casebook: include_str!("nodeport_conflict.md"),
};

impl Check for NodePortConflict {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for service in &view.snapshot.services {
            let ports = service.spec.ports.iter();
            let mut ports = ports.filter(|port| port.node_port != 0).peekable();
            let said = notices::recent(view, service, REASONS);
            let Some(event) = said.filter(|_| ports.peek().is_some()) else {
                continue;
            };
            let object = cite::object(Kind::Service, &service.meta);
            let numbers: Vec<String> = ports.map(|port| port.node_port.to_string()).collect();
            let fact = cite::spec(&object, "spec.ports.nodePort", numbers.join(","));
            let subject = Subject::of(object).since(event.first_seen);
            report.found(subject, cite::event(event), [fact]);
        }
        refused(view, report);
    }
}

const REASONS: &[&str] = &["PortAlreadyAllocated", "PortOutOfRange"];

static REFUSED: Pattern =
    Pattern::new(r"nodePort: Invalid value: (?P<port>\d+): provided port is already allocated");

/// Objects whose controller wanted to make a Service and could not.
fn refused(view: &View<'_>, report: &mut Report<'_>) {
    for object in &view.snapshot.customs {
        let failed = object.conditions.iter().find_map(|known| {
            let port = REFUSED.capture(&known.message, "port")?;
            (known.status == "False").then_some((known, port))
        });
        let Some((condition, port)) = failed else {
            continue;
        };
        let reference = ObjectRef::of(object.kind, &object.meta);
        let holder = view
            .snapshot
            .services
            .iter()
            .find_map(|known| holds(known, port));
        let subject = Subject::of(reference.clone())
            .detail(format!("node port {port}"))
            .since(condition.since);
        report.found(subject, cite::condition(&reference, condition), holder);
    }
}

fn holds(service: &Service, port: &str) -> Option<Evidence> {
    let number: i64 = port.parse().ok()?;
    let mut ports = service.spec.ports.iter();
    ports.find(|known| known.node_port == number)?;
    let object = cite::object(Kind::Service, &service.meta);
    Some(cite::spec(&object, "spec.ports.nodePort", port))
}
