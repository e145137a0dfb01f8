#![doc = include_str!("hpa_desired_not_reached.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::autoscalers,
    view::View,
};

/// An autoscaler asked for more Pods, and they are not made.
#[derive(Debug)]
pub(crate) struct HpaDesiredNotReached;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/hpa-desired-not-reached"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::HpaDesiredNotReached),
    needs: sources::AUTOSCALERS,
    advice: &[
        "Look at the workload: a quota, a webhook or a paused rollout keeps its controller from making Pods.",
    ],
    casebook: include_str!("hpa_desired_not_reached.md"),
};

impl Check for HpaDesiredNotReached {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for known in autoscalers::all(view) {
            let (wanted, has) = (known.status.desired_replicas, known.status.current_replicas);
            let scaled = known.status.last_scale_time;
            let is_old = scaled.is_some_and(|at| view.now().duration_since(at) >= PATIENCE);
            if wanted <= has || !is_old {
                continue;
            }
            let object = autoscalers::object(known);
            report.found(
                Subject::of(object.clone())
                    .detail(format!("{has} of {wanted}"))
                    .since(scaled),
                cite::status(&object, "status.desiredReplicas", wanted),
                [cite::status(&object, "status.currentReplicas", has)],
            );
        }
    }
}

/// As long as the usual alert waits.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);
