#![doc = include_str!("lb_sync_failed.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding, Severity, snapshot::Service};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notices,
    view::View,
};

/// The load balancer of a Service cannot be made, changed or removed.
#[derive(Debug)]
pub(crate) struct LbSyncFailed;

static META: Meta = Meta {
    id: CheckId::new("network/lb-sync-failed"),
    kind: FindingKind::Network(NetworkFinding::LbSyncFailed),
    needs: sources::SERVICES_AND_EVENTS,
    advice: &[
        "Read the message of the cloud controller: quota, subnet, permissions, or a wrong annotation of the Service.",
    ],
    casebook: include_str!("lb_sync_failed.md"),
};

impl Check for LbSyncFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let services = view.snapshot.services.iter();
        for service in services.filter(|known| known.spec.kind == "LoadBalancer") {
            let said = notices::recent(view, service, ABOUT);
            let said = said.filter(|event| is_failure(service, &event.reason));
            let Some(event) = said else { continue };
            let object = cite::object(Kind::Service, &service.meta);
            let has_address = !service.status.load_balancer.ingress.is_empty();
            let address = if has_address { "set" } else { "not set" };
            let mut subject = Subject::of(object.clone()).since(event.first_seen);
            // What it had goes on working.
            if has_address {
                subject = subject.severity(Severity::Warning);
            }
            let fact = cite::status(&object, "status.loadBalancer.ingress", address);
            report.found(subject, cite::event(event), [fact]);
        }
    }
}

/// What is said of a load balancer, well or ill: the newest word counts.
const ABOUT: &[&str] = &[
    "SyncLoadBalancerFailed",
    "CreatingLoadBalancerFailed",
    "UpdateLoadBalancerFailed",
    "UpdatingLoadBalancerFailed",
    "DeleteLoadBalancerFailed",
    "DeletingLoadBalancerFailed",
    "UnAvailableLoadBalancer",
    "AllocationFailed",
    "EnsuredLoadBalancer",
    "UpdatedLoadBalancer",
    "DeletedLoadBalancer",
    "IPAllocated",
];

fn is_failure(service: &Service, reason: &str) -> bool {
    let has_address = !service.status.load_balancer.ingress.is_empty();
    match reason {
        "CreatingLoadBalancerFailed" | "AllocationFailed" => !has_address,
        "DeleteLoadBalancerFailed" | "DeletingLoadBalancerFailed" => service.meta.is_terminating(),
        _ => reason.contains("Failed") || reason == "UnAvailableLoadBalancer",
    }
}
