#![doc = include_str!("preemption_not_helpful.md")]

use dogwatch_model::{CheckId, FindingKind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::placement,
    view::View,
};

/// A Pod that may drive others out does not get a node by that.
#[derive(Debug)]
pub(crate) struct PreemptionNotHelpful;

static META: Meta = Meta {
    id: CheckId::new("scheduling/preemption-not-helpful"),
    kind: FindingKind::Scheduling(SchedulingFinding::PreemptionNotHelpful),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "A higher priority does not help here: what holds the Pod back is not taken by Pods that rank lower.",
    ],
    casebook: include_str!("preemption_not_helpful.md"),
};

impl Check for PreemptionNotHelpful {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for unplaced in &view.unplaced {
            let pod = unplaced.suspect.pod;
            // Without a priority nobody expects that others make room.
            let priority = pod.spec.priority.filter(|known| *known > 0);
            let (Some(priority), Some(words)) = (priority, &unplaced.preemption) else {
                continue;
            };
            let object = &unplaced.suspect.object;
            let named = cite::spec(object, "spec.priority", priority);
            let subject = Subject::of(object.clone())
                .detail(words)
                .since(unplaced.since);
            report.found_all(subject, unplaced.evidence.iter().cloned().chain([named]));
        }
        placement::undecided(view, report);
    }
}
