#![doc = include_str!("aggregated_api_down.md")]

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind, Kind, snapshot::ApiService};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// An aggregated API does not answer.
#[derive(Debug)]
pub(crate) struct AggregatedApiDown;

static META: Meta = Meta {
    id: CheckId::new("controlplane/aggregated-api-down"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::AggregatedApiDown),
    needs: sources::API_SERVICES,
    advice: &[
        "Bring the Pods behind the Service of the APIService back, or remove the APIService when its owner is gone.",
    ],
    casebook: include_str!("aggregated_api_down.md"),
};

impl Check for AggregatedApiDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for api in view
            .snapshot
            .api_services
            .iter()
            .filter(|api| is_meant(api))
        {
            let known =
                dogwatch_model::snapshot::find_condition(&api.status.conditions, "Available");
            let Some(available) = known.filter(|known| known.status == "False") else {
                continue;
            };
            let is_long = available
                .since
                .is_none_or(|at| view.now().duration_since(at) > PATIENCE);
            if !is_long {
                continue;
            }
            let object = cite::object(Kind::APIService, &api.meta);
            let service = api.spec.service.iter().map(|service| {
                let name = format!("{}/{}", service.namespace, service.name);
                cite::spec(&object, "spec.service", name)
            });
            let subject = Subject::of(object.clone())
                .detail(&*available.reason)
                .since(available.since);
            report.found(subject, cite::condition(&object, available), service);
        }
    }
}

/// A Pod that is replaced is missed for a moment.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

/// Served by somebody else than the API server, and not one of the metrics APIs.
fn is_meant(api: &ApiService) -> bool {
    let group = &*api.spec.group;
    let is_metrics = group == "metrics.k8s.io" || group.ends_with(".metrics.k8s.io");
    api.spec.service.is_some() && !is_metrics
}
