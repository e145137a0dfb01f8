#![doc = include_str!("pdb_no_pods.md")]

use dogwatch_model::{
    CheckId, DisruptionFinding, FindingKind, Kind, Source, snapshot::PodDisruptionBudget,
};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{budgets, callees},
    view::View,
};

/// A disruption budget protects nothing: no Pod and no workload has its labels.
#[derive(Debug)]
pub(crate) struct NoPods;

static META: Meta = Meta {
    id: CheckId::new("disruption/pdb-no-pods"),
    kind: FindingKind::Disruption(DisruptionFinding::NoPods),
    needs: sources::BUDGETS_AND_PODS,
    advice: &["Correct the selector, or remove the budget."],
    casebook: include_str!("pdb_no_pods.md"),
};

impl Check for NoPods {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let needed = [
            Kind::Pod,
            Kind::Deployment,
            Kind::StatefulSet,
            Kind::ReplicaSet,
        ];
        for budget in view
            .snapshot
            .disruption_budgets
            .iter()
            .filter(|known| is_meant(view, known))
        {
            let selector = &budget.spec.selector;
            let namespace = &budget.meta.namespace;
            let missing = needed
                .map(Source::Objects)
                .into_iter()
                .find(|need| !callees::is_whole(view, *need, namespace));
            if let Some(missing) = missing {
                report.undecided(budgets::object(budget), missing);
                continue;
            }
            // A workload that is scaled to zero, or a version that is kept, is no mistake.
            let mut rollouts = view.rollouts.iter();
            let is_for_workload = rollouts.any(|known| {
                known.meta().namespace == *namespace
                    && selector.matches(&known.workload.template().labels)
            });
            let mut pods = view.snapshot.pods.iter();
            let is_for_pod = pods
                .any(|pod| pod.meta.namespace == *namespace && selector.matches(&pod.meta.labels));
            if is_for_workload || is_for_pod {
                continue;
            }
            let object = budgets::object(budget);
            let wanted = cite::spec(&object, "spec.selector", selector.query());
            report.found(Subject::of(object), wanted, [budgets::counted(budget)]);
        }
    }
}

/// The budget is often made before the workload.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// The controller has counted the present spec and found nothing.
fn is_meant(view: &View<'_>, budget: &PodDisruptionBudget) -> bool {
    let status = &budget.status;
    let created = budget.meta.created;
    status.observed_generation >= budget.meta.generation
        && status.observed_generation > 0
        && status.expected_pods == 0
        && created.is_some_and(|at| view.now().duration_since(at) > PATIENCE)
}
