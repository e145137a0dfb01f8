#![doc = include_str!("vpa_hpa_conflict.md")]

use dogwatch_model::{
    AutoscalingFinding, CheckId, FindingKind, ObjectRef,
    snapshot::{CustomObject, HorizontalPodAutoscaler},
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{autoscalers, scaleups},
    view::View,
};

/// Two autoscalers go by the same resource of the same workload, one in number and one in size.
#[derive(Debug)]
pub(crate) struct VpaHpaConflict;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/vpa-hpa-conflict"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::VpaHpaConflict),
    needs: sources::AUTOSCALERS,
    advice: &[
        "Let the vertical autoscaler keep to the other resource (controlledResources), or the horizontal one go by a metric of the load.",
    ],
    casebook: include_str!("vpa_hpa_conflict.md"),
};

impl Check for VpaHpaConflict {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for vertical in scaleups::vertical(view) {
            let mode = vertical
                .field("spec.updatePolicy.updateMode")
                .unwrap_or("Auto");
            let mut all = autoscalers::all(view);
            let both = all.find_map(|known| Some((known, shared(vertical, known)?)));
            let Some((known, resource)) = both.filter(|_| mode != "Off") else {
                continue;
            };
            let (object, other) = (
                ObjectRef::of(vertical.kind, &vertical.meta),
                autoscalers::object(known),
            );
            let target = &known.spec.scale_target_ref;
            report.found(
                Subject::of(object.clone())
                    .detail(format!("{resource} of {} {}", target.kind, target.name)),
                cite::spec(&object, "spec.updatePolicy.updateMode", mode),
                [cite::spec(&other, "spec.metrics.resource", resource)],
            );
        }
    }
}

/// The resource that both go by.
fn shared<'h>(vertical: &CustomObject, known: &'h HorizontalPodAutoscaler) -> Option<&'h str> {
    let target = &known.spec.scale_target_ref;
    let is_same = vertical.meta.namespace == known.meta.namespace
        && vertical.field("spec.targetRef.kind") == Some(&*target.kind)
        && vertical.field("spec.targetRef.name") == Some(&*target.name);
    let mut metrics = known
        .spec
        .metrics
        .iter()
        .filter(|metric| metric.kind == "Resource");
    let changed = metrics.find(|metric| changes(vertical, &metric.resource.name));
    changed
        .filter(|_| is_same)
        .map(|metric| &*metric.resource.name)
}

/// True when the requests of this resource are changed: of both unless the policies name some.
fn changes(vertical: &CustomObject, resource: &str) -> bool {
    let policies = vertical.fields_under("spec.resourcePolicy.containerPolicies");
    let mut named = policies
        .filter(|(path, _)| path.contains(".controlledResources."))
        .map(|(_, value)| value)
        .peekable();
    named.peek().is_none() || named.any(|value| value == resource)
}
