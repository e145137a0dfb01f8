#![doc = include_str!("hpa_target_missing.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::autoscalers,
    view::View,
};

/// An autoscaler cannot read whom it scales.
#[derive(Debug)]
pub(crate) struct HpaTargetMissing;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/hpa-target-missing"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::HpaTargetMissing),
    needs: sources::AUTOSCALERS,
    advice: &[
        "Correct scaleTargetRef (kind, name, apiVersion), or give the controller permission on the scale subresource.",
    ],
    casebook: include_str!("hpa_target_missing.md"),
};

impl Check for HpaTargetMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let condition = ("AbleToScale", autoscalers::AT_ONCE);
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
const REASONS: &[&str] = &["FailedGetScale"];
