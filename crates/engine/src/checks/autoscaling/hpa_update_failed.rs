#![doc = include_str!("hpa_update_failed.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::autoscalers,
    view::View,
};

/// An autoscaler cannot change the size of its workload.
#[derive(Debug)]
pub(crate) struct HpaUpdateFailed;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/hpa-update-failed"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::HpaUpdateFailed),
    needs: sources::AUTOSCALERS,
    advice: &[
        "Read the message: a webhook, a quota or a missing permission on the scale subresource.",
    ],
    casebook: include_str!("hpa_update_failed.md"),
};

impl Check for HpaUpdateFailed {
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
const REASONS: &[&str] = &["FailedUpdateScale"];
