#![doc = include_str!("keda_fallback.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind, ObjectRef};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::scaleups,
    view::View,
};

/// KEDA gets no metrics and has fallen back to a fixed number of Pods.
#[derive(Debug)]
pub(crate) struct KedaFallback;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/keda-fallback"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::KedaFallback),
    needs: sources::AUTOSCALERS,
    advice: &[
        "Look at the source of the metric: the workload does not follow its load until it answers again.",
    ],
    casebook: include_str!("keda_fallback.md"),
};

impl Check for KedaFallback {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for object in scaleups::keda(view) {
            let fallback = object.condition("Fallback").filter(|known| known.is_true());
            let Some(condition) = fallback else { continue };
            let reference = ObjectRef::of(object.kind, &object.meta);
            let subject = Subject::of(reference.clone()).since(condition.since);
            report.found(subject, cite::condition(&reference, condition), None);
        }
    }
}
