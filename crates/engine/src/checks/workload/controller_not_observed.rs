#![doc = include_str!("controller_not_observed.md")]

use dogwatch_model::{CheckId, Evidence, FindingKind, Kind, WorkloadFinding};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::Rollout,
    view::View,
};

/// The controller has not seen the present spec.
#[derive(Debug)]
pub(crate) struct ControllerNotObserved;

static META: Meta = Meta {
    id: CheckId::new("workload/controller-not-observed"),
    kind: FindingKind::Workload(WorkloadFinding::ControllerNotObserved),
    needs: sources::WORKLOADS,
    advice: &[
        "Look at the kube-controller-manager: its Pod, its Lease and its errors. Do not diagnose Pods before it works.",
    ],
    casebook: include_str!("controller_not_observed.md"),
};

impl Check for ControllerNotObserved {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in view
            .rollouts
            .iter()
            .filter(|rollout| !rollout.is_observed())
        {
            if !is_overdue(view, rollout) {
                continue;
            }
            let observed = rollout.observed_generation.unwrap_or(0);
            let subject = Subject::of(rollout.object.clone()).detail(format!(
                "generation {} not observed",
                rollout.meta().generation
            ));
            let wanted = cite::spec(
                &rollout.object,
                "metadata.generation",
                rollout.meta().generation,
            );
            let seen = cite::status(&rollout.object, "status.observedGeneration", observed);
            report.found(subject, wanted, [seen].into_iter().chain(leases(view)));
        }
    }
}

/// A controller that is alive needs a moment for a new spec: only an object older than this is
/// overdue when it was never observed at all.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);

fn is_overdue(view: &View<'_>, rollout: &Rollout<'_>) -> bool {
    rollout.observed_generation.is_some()
        || rollout
            .meta()
            .created
            .is_none_or(|at| view.now().duration_since(at) > PATIENCE)
}

/// The Lease of the controller manager, when it is stale.
fn leases(view: &View<'_>) -> Option<Evidence> {
    let lease = view.snapshot.leases.iter().find(|lease| {
        lease.meta.name == "kube-controller-manager" && lease.meta.namespace == "kube-system"
    })?;
    let renewed = lease.spec.renew_time?;
    let silent = view.now().duration_since(renewed).as_secs();
    (silent > lease.spec.lease_duration_seconds.max(15)).then(|| {
        let object = cite::object(Kind::Lease, &lease.meta);
        cite::status_at(&object, "spec.renewTime", renewed, Some(renewed))
    })
}
