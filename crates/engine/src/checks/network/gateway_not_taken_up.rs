#![doc = include_str!("gateway_not_taken_up.md")]

use dogwatch_model::{
    CheckId, CustomKind, Evidence, FindingKind, Kind, NetworkFinding, ObjectRef,
    snapshot::CustomObject,
};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{absence, customs, gateways},
    view::View,
};

/// No controller has looked at a Gateway, or at a route of one.
#[derive(Debug)]
pub(crate) struct GatewayNotTakenUp;

static META: Meta = Meta {
    id: CheckId::new("network/gateway-not-taken-up"),
    kind: FindingKind::Network(NetworkFinding::GatewayNotTakenUp),
    needs: sources::SERVICES,
    advice: &[
        "Name a GatewayClass that is there and whose controller runs; a route names a Gateway in parentRefs.",
    ],
    casebook: include_str!("gateway_not_taken_up.md"),
};

impl Check for GatewayNotTakenUp {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for gateway in view.snapshot.customs_of(gateways::GROUP, "Gateway") {
            if is_late(view, gateway) && is_untouched(gateway) {
                gateway_alone(view, gateway, report);
            }
        }
        for kind in gateways::ROUTES {
            for route in view.snapshot.customs_of(gateways::GROUP, kind) {
                let attaches = gateways::parents(route).next().is_some();
                let is_alone = route.conditions.is_empty() && attaches;
                if is_late(view, route) && is_alone && !gateways::has_other_parents(route) {
                    route_alone(view, route, report);
                }
            }
        }
    }
}

/// A controller answers within seconds; one that starts anew within minutes.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);

/// The API server writes these conditions for a new Gateway, with times long past.
const FIRST_WORDS: &[&str] = &["Pending", "NotReconciled"];

fn is_late(view: &View<'_>, object: &CustomObject) -> bool {
    let created = object.meta.created;
    let is_old = created.is_some_and(|at| view.now().duration_since(at) >= PATIENCE);
    is_old && !object.meta.is_terminating()
}

/// True while all conditions are those that the API server wrote.
fn is_untouched(gateway: &CustomObject) -> bool {
    let mut conditions = gateway.conditions.iter();
    conditions.all(|known| known.status == "Unknown" && FIRST_WORDS.contains(&&*known.reason))
}

fn gateway_alone(view: &View<'_>, gateway: &CustomObject, report: &mut Report<'_>) {
    let object = customs::reference(gateway);
    let class = gateway.field("spec.gatewayClassName").unwrap_or("not set");
    let kind = Kind::Custom(CustomKind::GATEWAY_CLASS);
    let mut classes = view.snapshot.customs_of(gateways::GROUP, "GatewayClass");
    let known = classes.find(|known| *known.meta.name == *class);
    let is_missing = known.is_none() && absence::is_proven(&view.snapshot.ledger, kind, "");
    let detail = if is_missing {
        format!("GatewayClass {class} does not exist")
    } else {
        format!("nobody serves GatewayClass {class}")
    };
    let controller = known.and_then(|known| {
        let words = known.field("spec.controllerName")?;
        let object = customs::reference(known);
        Some(cite::spec(&object, "spec.controllerName", words))
    });
    let said = gateway.conditions.first();
    let first = said.map_or_else(
        || cite::status(&object, "status.conditions", "none"),
        |known| cite::condition(&object, known),
    );
    let named = cite::spec(&object, "spec.gatewayClassName", class);
    let subject = Subject::of(object)
        .detail(detail)
        .since(gateway.meta.created);
    report.found(subject, first, [named].into_iter().chain(controller));
}

fn route_alone(view: &View<'_>, route: &CustomObject, report: &mut Report<'_>) {
    let object = customs::reference(route);
    let parents: Vec<ObjectRef> = gateways::parents(route).collect();
    let kind = Kind::Custom(CustomKind::GATEWAY);
    let is_known = |parent: &ObjectRef| {
        let mut all = view.snapshot.customs_of(gateways::GROUP, "Gateway");
        all.any(|known| known.meta.name == parent.name && known.meta.namespace == parent.namespace)
    };
    let missing = parents.iter().find(|parent| {
        !is_known(parent) && absence::is_proven(&view.snapshot.ledger, kind, &parent.namespace)
    });
    let detail = match (missing, parents.first()) {
        (Some(parent), _) => format!("{parent} does not exist"),
        (None, Some(parent)) => format!("{parent} does not answer"),
        (None, None) => return,
    };
    let named: Vec<Evidence> = parents
        .iter()
        .map(|parent| cite::spec(&object, "spec.parentRefs", parent))
        .collect();
    let subject = Subject::of(object.clone())
        .detail(detail)
        .since(route.meta.created);
    report.found(
        subject,
        cite::status(&object, "status.parents", "none"),
        named,
    );
}
