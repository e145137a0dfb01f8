#![doc = include_str!("ca_scale_up_failed.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{placement, scaleups},
    view::View,
};

/// The cluster autoscaler tried to add a node and the provider refused.
#[derive(Debug)]
pub(crate) struct CaScaleUpFailed;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/ca-scale-up-failed"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::CaScaleUpFailed),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Read the message of the provider: quota, sold-out machine types, a broken template of the node group.",
    ],
    casebook: include_str!("ca_scale_up_failed.md"),
};

impl Check for CaScaleUpFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        if !view.suspects.iter().any(placement::is_waiting) {
            return;
        }
        for event in scaleups::newest_per_object(view, REASONS, DONE) {
            let fact = cite::event(event);
            let subject = Subject::of(fact.object.clone())
                .detail(&*event.reason)
                .since(event.first_seen);
            report.found(subject, fact, None);
        }
    }
}

const REASONS: &[&str] = &[
    "FailedToScaleUpGroup",
    "ScaleUpFailed",
    "NodePoolSoldOut",
    "NodeGroupInBackOff",
    "FixNodeGroupSizeError",
];

/// A success of the same producer.
const DONE: &[&str] = &["ScaledUpGroup", "NodePoolAvailable"];
