#![doc = include_str!("lb_pending_no_controller.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::absence,
    view::View,
};

/// A Service of type LoadBalancer has no address, and no controller works on it.
#[derive(Debug)]
pub(crate) struct LbPendingNoController;

static META: Meta = Meta {
    id: CheckId::new("network/lb-pending-no-controller"),
    kind: FindingKind::Network(NetworkFinding::LbPendingNoController),
    needs: sources::SERVICES_AND_EVENTS,
    advice: &[
        "Install or repair the controller that makes load balancers (cloud controller manager, or one for clusters without a cloud), or use another type of Service.",
    ],
    casebook: include_str!("lb_pending_no_controller.md"),
};

impl Check for LbPendingNoController {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let services = view.snapshot.services.iter();
        for service in services.filter(|known| known.spec.kind == "LoadBalancer") {
            let meta = &service.meta;
            let is_young = meta
                .created
                .is_none_or(|at| view.now().duration_since(at) < PATIENCE);
            let has_address = !service.status.load_balancer.ingress.is_empty();
            let ledger = &view.snapshot.ledger;
            let is_known = absence::is_proven(ledger, Kind::Event, &meta.namespace);
            if is_young || has_address || meta.is_terminating() || !is_known {
                continue;
            }
            if !view.snapshot.events_of(&meta.uid).is_empty() {
                continue;
            }
            let object = cite::object(Kind::Service, meta);
            let class = service.spec.load_balancer_class.as_ref();
            let class = class.map(|class| cite::spec(&object, "spec.loadBalancerClass", class));
            let none = cite::status(&object, "Events about the Service", 0);
            report.found(
                Subject::of(object.clone()).since(meta.created),
                cite::status(&object, "status.loadBalancer.ingress", "not set"),
                [none].into_iter().chain(class),
            );
        }
    }
}

/// Clouds take minutes to make a load balancer.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
