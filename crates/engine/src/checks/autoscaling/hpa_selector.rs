#![doc = include_str!("hpa_selector.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::autoscalers,
    view::View,
};

/// An autoscaler cannot tell which Pods are its own.
#[derive(Debug)]
pub(crate) struct HpaSelector;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/hpa-selector"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::HpaSelector),
    needs: sources::AUTOSCALERS,
    advice: &["Give every workload a selector of its own, and every workload one autoscaler only."],
    casebook: include_str!("hpa_selector.md"),
};

impl Check for HpaSelector {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let condition = ("ScalingActive", autoscalers::AT_ONCE);
        autoscalers::report_failed(view, condition, report, |known, condition| {
            let target = &known.spec.scale_target_ref;
            // KEDA takes idle workloads to zero and back by itself.
            let is_kept = known
                .meta
                .owners
                .iter()
                .any(|owner| owner.kind == "ScaledObject");
            let is_meant = REASONS.contains(&&*condition.reason) && !is_kept;
            is_meant.then(|| (format!("{} {}", target.kind, target.name), Vec::new()))
        });
    }
}

/// What the controller calls it.
const REASONS: &[&str] = &["InvalidSelector", "AmbiguousSelector"];
