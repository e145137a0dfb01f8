#![doc = include_str!("scaled_to_zero.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::Workload,
    view::View,
};

/// The workload is scaled to zero.
#[derive(Debug)]
pub(crate) struct ScaledToZero;

static META: Meta = Meta {
    id: CheckId::new("workload/scaled-to-zero"),
    kind: FindingKind::Workload(WorkloadFinding::ScaledToZero),
    needs: sources::WORKLOADS,
    advice: &[
        "Nothing to do when it is meant. Otherwise find who scaled it and set the number again.",
    ],
    casebook: include_str!("scaled_to_zero.md"),
};

impl Check for ScaledToZero {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let is_daemon = matches!(rollout.workload, Workload::DaemonSet(_));
            if rollout.desired != 0 || is_daemon {
                continue;
            }
            let subject = Subject::of(rollout.object.clone());
            report.found(
                subject,
                cite::spec(&rollout.object, "spec.replicas", 0),
                None,
            );
        }
    }
}
