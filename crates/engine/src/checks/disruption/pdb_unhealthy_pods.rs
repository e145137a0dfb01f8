#![doc = include_str!("pdb_unhealthy_pods.md")]

use dogwatch_model::{
    CheckId, DisruptionFinding, FindingKind,
    snapshot::{Pod, find_condition},
};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{budgets, components},
    view::View,
};

/// Fewer Pods are healthy than a disruption budget demands.
#[derive(Debug)]
pub(crate) struct UnhealthyPods;

static META: Meta = Meta {
    id: CheckId::new("disruption/pdb-unhealthy-pods"),
    kind: FindingKind::Disruption(DisruptionFinding::UnhealthyPods),
    needs: sources::BUDGETS_AND_PODS,
    advice: &[
        "Look at why the Pods are not ready; unhealthyPodEvictionPolicy AlwaysAllow lets a drain evict broken ones.",
    ],
    casebook: include_str!("pdb_unhealthy_pods.md"),
};

impl Check for UnhealthyPods {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for budget in &view.snapshot.disruption_budgets {
            let status = &budget.status;
            if !budgets::allows_nothing(budget) || status.current_healthy >= status.desired_healthy
            {
                continue;
            }
            let known = find_condition(&status.conditions, "DisruptionAllowed");
            let since = known
                .filter(|known| known.status == "False")
                .and_then(|known| known.since);
            let unwell: Vec<&Pod> = view
                .suspects
                .iter()
                .map(|suspect| suspect.pod)
                .filter(|pod| pod.meta.namespace == *budget.meta.namespace)
                .filter(|pod| budget.spec.selector.matches(&pod.meta.labels) && !pod.is_ready())
                .collect();
            let since = since.or_else(|| {
                unwell
                    .iter()
                    .filter_map(|pod| components::unready_since(pod))
                    .max()
            });
            // Rollouts and restarts pass through this.
            if since.is_none_or(|at| view.now().duration_since(at) < PATIENCE) {
                continue;
            }
            let object = budgets::object(budget);
            let policy = &budget.spec.unhealthy_pod_eviction_policy;
            let policy = if policy.is_empty() {
                "IfHealthyBudget"
            } else {
                policy
            };
            let policy = cite::spec(&object, "spec.unhealthyPodEvictionPolicy", policy);
            let pods = unwell.iter().take(3).map(|pod| components::state(pod));
            let subject = Subject::of(object)
                .detail(format!(
                    "{} of {} healthy",
                    status.current_healthy, status.desired_healthy
                ))
                .since(since);
            report.found(
                subject,
                budgets::counted(budget),
                [policy].into_iter().chain(pods),
            );
        }
    }
}

/// The time for which the alert waits is 15 minutes; a rollout of one Pod takes less than ten.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
