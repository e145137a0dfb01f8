#![doc = include_str!("metrics_apiservice_down.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind, Kind, snapshot::find_condition};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// A metrics API that autoscalers read is not available.
#[derive(Debug)]
pub(crate) struct MetricsApiServiceDown;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/metrics-apiservice-down"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::MetricsApiServiceDown),
    needs: sources::API_SERVICES,
    advice: &[
        "Look at the Service and the Pods behind the APIService: metrics-server, or the adapter of custom metrics.",
    ],
    casebook: include_str!("metrics_apiservice_down.md"),
};

impl Check for MetricsApiServiceDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for api in &view.snapshot.api_services {
            if !api.spec.group.ends_with("metrics.k8s.io") {
                continue;
            }
            let available = find_condition(&api.status.conditions, "Available");
            let failed = available.filter(|known| {
                let age = known.since.map(|at| view.now().duration_since(at));
                known.status == "False" && age.is_none_or(|age| age >= PATIENCE)
            });
            let Some(condition) = failed else { continue };
            let object = cite::object(Kind::APIService, &api.meta);
            let subject = Subject::of(object.clone())
                .detail(&*condition.reason)
                .since(condition.since);
            let service = api.spec.service.as_ref().map(|service| {
                let name = format!("{}/{}", service.namespace, service.name);
                cite::spec(&object, "spec.service", name)
            });
            report.found(subject, cite::condition(&object, condition), service);
        }
    }
}

/// A restart of the only Pod takes this long.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);
