#![doc = include_str!("pods_not_created.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::rejections::{self, RejectClass},
    view::View,
};

/// Pods that should exist do not, and no known refusal says why.
#[derive(Debug)]
pub(crate) struct PodsNotCreated;

static META: Meta = Meta {
    id: CheckId::new("workload/pods-not-created"),
    kind: FindingKind::Workload(WorkloadFinding::PodsNotCreated),
    needs: sources::WORKLOADS_AND_EVENTS,
    advice: &[
        "Look at the Events of the ReplicaSet, StatefulSet or DaemonSet and at the kube-controller-manager.",
    ],
    casebook: include_str!("pods_not_created.md"),
};

impl Check for PodsNotCreated {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        rejections::report(view, RejectClass::Other, report);
        let silent = view
            .rejections
            .iter()
            .filter(|known| known.class == RejectClass::NoWords);
        for rejection in silent.filter(|_| view.has_events()) {
            let subject = rejections::subject(rejection).detail(format!(
                "{} of {} Pods created",
                rejection.created, rejection.desired
            ));
            report.found_all(subject, rejection.evidence.iter().cloned());
        }
    }
}
