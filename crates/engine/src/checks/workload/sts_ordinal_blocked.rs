#![doc = include_str!("sts_ordinal_blocked.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding, snapshot::Pod};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::ordinal,
    view::View,
};

/// An ordered StatefulSet waits for one Pod.
#[derive(Debug)]
pub(crate) struct StsOrdinalBlocked;

static META: Meta = Meta {
    id: CheckId::new("workload/sts-ordinal-blocked"),
    kind: FindingKind::Workload(WorkloadFinding::StsOrdinalBlocked),
    needs: sources::WORKLOADS,
    advice: &["Repair the Pod that it waits for; every later ordinal waits with it."],
    casebook: include_str!("sts_ordinal_blocked.md"),
};

impl Check for StsOrdinalBlocked {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let Some(pod) = rollout.blocking_ordinal(view.now()) else {
                continue;
            };
            let is_short = rollout.counters.total < rollout.desired;
            let is_updating = !rollout.old_pods.is_empty() && !rollout.is_held_by_strategy();
            let waits = is_short && rollout.is_ordered() || is_updating;
            if !waits || !rollout.is_observed() || is_starting(view, pod) {
                continue;
            }
            let number = ordinal(pod).unwrap_or_default();
            let subject =
                Subject::of(rollout.object.clone()).detail(format!("waits for ordinal {number}"));
            let object = cite::pod(pod);
            let ready = pod
                .condition("Ready")
                .map(|known| cite::condition(&object, known));
            let counts = format!("{} of {}", rollout.counters.total, rollout.desired);
            report.found(
                subject,
                cite::status(&rollout.object, "status.replicas", counts),
                ready,
            );
        }
    }
}

/// A Pod this young may still be starting, as long as nothing in it ended.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

fn is_starting(view: &View<'_>, pod: &Pod) -> bool {
    let has_ended = pod
        .container_statuses()
        .any(|status| status.restart_count > 0);
    let age = pod
        .meta
        .created
        .map(|created| view.now().duration_since(created));
    !has_ended && age.is_some_and(|age| age < PATIENCE)
}
