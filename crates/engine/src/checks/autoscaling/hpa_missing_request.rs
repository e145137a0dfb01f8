#![doc = include_str!("hpa_missing_request.md")]

use dogwatch_model::{
    AutoscalingFinding, CheckId, Evidence, FindingKind, snapshot::HorizontalPodAutoscaler,
};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    cite,
    reading::{Pattern, autoscalers},
    view::View,
};

/// An autoscaler cannot compute a utilization because a container has no request.
#[derive(Debug)]
pub(crate) struct HpaMissingRequest;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/hpa-missing-request"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::HpaMissingRequest),
    needs: sources::AUTOSCALERS,
    advice: &[
        "Set the request of this resource for every container of the Pods, sidecars too, or measure one container with ContainerResource.",
    ],
    casebook: include_str!("hpa_missing_request.md"),
};

impl Check for HpaMissingRequest {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let active = ("ScalingActive", autoscalers::AT_ONCE);
        autoscalers::report_failed(view, active, report, |known, condition| {
            let resource = MISSING.capture(&condition.message, "resource")?;
            let container = MISSING
                .capture(&condition.message, "container")
                .unwrap_or("*");
            let fact = template(view, known, container, resource);
            let detail = format!("container {container} has no request of {resource}");
            Some((detail, fact.into_iter().collect()))
        });
    }
}

static MISSING: Pattern = Pattern::new(
    r"missing request for (?P<resource>\S+)( in container (?P<container>\S+) of Pod (?P<pod>\S+))?",
);

/// The container in the template of whom the autoscaler scales, when it lacks the request there too.
fn template(
    view: &View<'_>,
    known: &HorizontalPodAutoscaler,
    container: &str,
    resource: &str,
) -> Option<Evidence> {
    let rollout = autoscalers::rollout(view, known)?;
    let own = rollout.workload.template().spec.container(container)?;
    let requests = &own.resources.requests;
    let field = format!("{container}.resources.requests.{resource}");
    requests
        .get(resource)
        .is_none()
        .then(|| cite::spec(&rollout.object, &field, "not set"))
}
