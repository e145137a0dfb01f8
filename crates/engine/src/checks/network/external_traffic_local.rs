#![doc = include_str!("external_traffic_local.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notices,
    view::View,
};

/// The node cannot answer the health checks of the load balancer for a Service with local traffic only.
#[derive(Debug)]
pub(crate) struct ExternalTrafficLocal;

static META: Meta = Meta {
    id: CheckId::new("network/external-traffic-local"),
    kind: FindingKind::Network(NetworkFinding::ExternalTrafficLocal),
    needs: sources::SERVICES_AND_EVENTS,
    advice: &[
        "Free the health check port on the node, or choose another; until then the load balancer takes the node for dead.",
    ],
    casebook: include_str!("external_traffic_local.md"),
};

impl Check for ExternalTrafficLocal {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let services = view.snapshot.services.iter();
        for service in services.filter(|known| known.spec.external_traffic_policy == "Local") {
            let said = notices::recent(view, service, &["FailedToStartServiceHealthcheck"]);
            let Some(event) = said else { continue };
            let object = cite::object(Kind::Service, &service.meta);
            let policy = cite::spec(&object, "spec.externalTrafficPolicy", "Local");
            let subject = Subject::of(object).since(event.first_seen);
            report.found(subject, cite::event(event), [policy]);
        }
    }
}
