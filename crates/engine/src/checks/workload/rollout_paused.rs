#![doc = include_str!("rollout_paused.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The Deployment is paused.
#[derive(Debug)]
pub(crate) struct RolloutPaused;

static META: Meta = Meta {
    id: CheckId::new("workload/rollout-paused"),
    kind: FindingKind::Workload(WorkloadFinding::RolloutPaused),
    needs: sources::WORKLOADS,
    advice: &["Ask why it was paused; resume it when the reason is gone."],
    casebook: include_str!("rollout_paused.md"),
};

impl Check for RolloutPaused {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in view.rollouts.iter().filter(|rollout| rollout.is_paused()) {
            // A paused Deployment whose version is complete waits for nothing.
            let is_waiting = !rollout.has_new_version()
                || rollout.counters.updated < rollout.desired
                || rollout.active_old_pods().next().is_some();
            if !is_waiting {
                continue;
            }
            let subject = Subject::of(rollout.object.clone());
            let said = rollout.condition("Progressing");
            let facts = said.map(|known| cite::condition(&rollout.object, known));
            report.found(
                subject,
                cite::spec(&rollout.object, "spec.paused", true),
                facts,
            );
        }
    }
}
