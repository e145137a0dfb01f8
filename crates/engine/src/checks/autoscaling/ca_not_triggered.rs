#![doc = include_str!("ca_not_triggered.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{notices, placement, scaleups},
    view::View,
};

/// The cluster autoscaler adds no node for a Pod that waits.
#[derive(Debug)]
pub(crate) struct CaNotTriggered;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/ca-not-triggered"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::CaNotTriggered),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Read the reasons: a node group at its maximum, in back-off after a failure, or no group whose nodes the Pod would fit.",
    ],
    casebook: include_str!("ca_not_triggered.md"),
};

impl Check for CaNotTriggered {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in view
            .suspects
            .iter()
            .filter(|known| placement::is_waiting(known))
        {
            let said = scaleups::newest(view, suspect.pod);
            let said = said.filter(|event| event.reason == scaleups::NOT_TRIGGERED);
            let Some(event) = said.filter(|event| notices::is_recent(view, event)) else {
                continue;
            };
            let list = event.message.split_once(": ").map_or("", |(_, list)| list);
            let subject = Subject::of(suspect.object.clone())
                .detail(list.chars().take(200).collect::<String>())
                .since(event.first_seen);
            let scheduled = suspect.pod.condition("PodScheduled");
            let fact = scheduled.map(|known| cite::condition(&suspect.object, known));
            report.found(subject, cite::event(event), fact);
        }
    }
}
