#![doc = include_str!("hpa_maxed.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::autoscalers,
    view::View,
};

/// An autoscaler wants more Pods than it may have.
#[derive(Debug)]
pub(crate) struct HpaMaxed;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/hpa-maxed"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::HpaMaxed),
    needs: sources::AUTOSCALERS,
    advice: &[
        "Raise maxReplicas if the nodes allow it, or find out what the load is; a workload that waits for something else does not get faster with more Pods.",
    ],
    casebook: include_str!("hpa_maxed.md"),
};

impl Check for HpaMaxed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for known in autoscalers::all(view) {
            let limited = autoscalers::settled(view, known, "ScalingLimited", PATIENCE);
            let limited = limited
                .filter(|condition| condition.is_true() && condition.reason == "TooManyReplicas");
            let Some(condition) = limited else { continue };
            let most = known.spec.max_replicas;
            let is_fixed = known.spec.min_replicas.unwrap_or(1) >= most;
            if is_fixed || known.status.current_replicas < most {
                continue;
            }
            let object = autoscalers::object(known);
            report.found(
                Subject::of(object.clone()).since(condition.since),
                cite::condition(&object, condition),
                [
                    cite::spec(&object, "spec.maxReplicas", most),
                    cite::status(
                        &object,
                        "status.currentReplicas",
                        known.status.current_replicas,
                    ),
                ],
            );
        }
    }
}

/// As long as the usual alert waits: peaks are what the bound is for.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);
