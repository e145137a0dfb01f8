#![doc = include_str!("pdb_multiple.md")]

use std::collections::BTreeMap;

use dogwatch_model::{CheckId, DisruptionFinding, Evidence, FindingKind, ObjectRef};

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
        let mut shared: BTreeMap<ObjectRef, (ObjectRef, Vec<Evidence>)> = BTreeMap::new();
        for pod in view.snapshot.pods.iter().filter(|pod| !pod.is_finished()) {
            let mut own = budgets::of_pod(&known, pod);
            let (Some(first), Some(second)) = (own.next(), own.next()) else {
                continue;
            };
            let second = budgets::object(second);
            let entry = shared
                .entry(budgets::object(first))
                .or_insert_with(|| (second, Vec::new()));
            if entry.1.len() < MAX_PODS {
                let labels: Vec<String> = pod
                    .meta
                    .labels
                    .iter()
                    .map(|(key, value)| format!("{key}={value}"))
                    .collect();
                entry.1.push(cite::spec(
                    &cite::pod(pod),
                    "metadata.labels",
                    labels.join(","),
                ));
            }
        }
        for (object, (other, pods)) in shared {
            let subject = Subject::of(object.clone()).detail(format!("and {}", other.name));
            let selector = |budget: &ObjectRef| {
                let found = view
                    .snapshot
                    .disruption_budgets
                    .iter()
                    .find(|known| budgets::object(known) == *budget);
                found.map(|found| {
                    let query = found.spec.selector.query();
                    let query = if query.is_empty() {
                        "every Pod".to_owned()
                    } else {
                        query
                    };
                    cite::spec(budget, "spec.selector", query)
                })
            };
            report.found_all(
                subject,
                selector(&object)
                    .into_iter()
                    .chain(selector(&other))
                    .chain(pods),
            );
        }
    }
}

/// Pods named in one finding.
const MAX_PODS: usize = 3;
