#![doc = include_str!("hpa_disabled_zero.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::autoscalers,
    view::View,
};

/// An autoscaler rests because its workload is scaled to zero.
#[derive(Debug)]
pub(crate) struct HpaDisabledZero;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/hpa-disabled-zero"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::HpaDisabledZero),
    needs: sources::AUTOSCALERS,
    advice: &["Set the replicas of the workload to at least one when it shall run again."],
    casebook: include_str!("hpa_disabled_zero.md"),
};

impl Check for HpaDisabledZero {
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
const REASONS: &[&str] = &["ScalingDisabled"];
