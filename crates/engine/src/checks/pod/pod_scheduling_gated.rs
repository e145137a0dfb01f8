#![doc = include_str!("pod_scheduling_gated.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// A scheduling gate holds the Pod back.
#[derive(Debug)]
pub(crate) struct SchedulingGated;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-scheduling-gated"),
    kind: FindingKind::Pod(PodFinding::SchedulingGated),
    needs: sources::PODS,
    advice: &["Look at the owner of the gate; it removes it when the Pod may go."],
    casebook: include_str!("pod_scheduling_gated.md"),
};

impl Check for SchedulingGated {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let gated = suspect
                .pod
                .condition("PodScheduled")
                .filter(|known| known.reason == "SchedulingGated");
            let Some(condition) = gated else { continue };
            let holders = &suspect.pod.spec.scheduling_gates;
            let names: Vec<&str> = holders.iter().map(|gate| &*gate.name).collect();
            let subject = Subject::of(suspect.object.clone())
                .detail(names.join(", "))
                .since(condition.since);
            let held = cite::spec(&suspect.object, "spec.schedulingGates", names.join(", "));
            report.found(subject, cite::condition(&suspect.object, condition), [held]);
        }
    }
}
