#![doc = include_str!("pdb_multiple.md")]

use std::collections::BTreeMap;

use dogwatch_model::{
    CheckId, DisruptionFinding, Evidence, FindingKind, ObjectRef,
    snapshot::{Pod, PodDisruptionBudget},
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::budgets,
    view::View,
};

/// A Pod has more than one disruption budget: it can never be evicted.
#[derive(Debug)]
pub(crate) struct Multiple;

static META: Meta = Meta {
    id: CheckId::new("disruption/pdb-multiple"),
    kind: FindingKind::Disruption(DisruptionFinding::Multiple),
    needs: sources::BUDGETS_AND_PODS,
    advice: &["Leave one budget for each Pod."],
    casebook: include_str!("pdb_multiple.md"),
};

impl Check for Multiple {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let known = budgets::by_namespace(view);
        let mut shared: BTreeMap<ObjectRef, (&PodDisruptionBudget, [Evidence; 2], Vec<&Pod>)> =
            BTreeMap::new();
        for pod in view.snapshot.pods.iter().filter(|pod| !pod.is_finished()) {
            let mut own = budgets::of_pod(&known, pod);
            let (Some(first), Some(second)) = (own.next(), own.next()) else {
                continue;
            };
            let selectors = || [budgets::selecting(first), budgets::selecting(second)];
            let entry = shared
                .entry(budgets::object(first))
                .or_insert_with(|| (second, selectors(), Vec::new()));
            entry.2.push(pod);
        }
        for (object, (other, [first, second], pods)) in shared {
            let subject = Subject::of(object).detail(format!("and {}", other.meta.name));
            let pods = pods.iter().take(MAX_PODS).map(|pod| {
                let labels = pod
                    .meta
                    .labels
                    .iter()
                    .map(|(key, value)| format!("{key}={value}"));
                let labels: Vec<String> = labels.collect();
                cite::spec(&cite::pod(pod), "metadata.labels", labels.join(","))
            });
            report.found(subject, first, [second].into_iter().chain(pods));
        }
    }
}

/// Pods named in one finding.
const MAX_PODS: usize = 3;
