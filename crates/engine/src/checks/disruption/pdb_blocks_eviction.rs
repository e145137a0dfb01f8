#![doc = include_str!("pdb_blocks_eviction.md")]

use std::collections::BTreeMap;

use dogwatch_model::{CheckId, DisruptionFinding, Evidence, FindingKind, ObjectRef};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::budgets,
    view::View,
};

/// A disruption budget holds back Pods that should leave their node.
#[derive(Debug)]
pub(crate) struct BlocksEviction;

static META: Meta = Meta {
    id: CheckId::new("disruption/pdb-blocks-eviction"),
    kind: FindingKind::Disruption(DisruptionFinding::BlocksEviction),
    needs: sources::BUDGETS_AND_PODS,
    advice: &[
        "Bring the Pods of the budget back to health, add a replica, or have the owner loosen the budget.",
    ],
    casebook: include_str!("pdb_blocks_eviction.md"),
};

impl Check for BlocksEviction {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut seen: BTreeMap<ObjectRef, Vec<Evidence>> = BTreeMap::new();
        for (pod, node, budget) in budgets::held(view) {
            let facts = seen
                .entry(budgets::object(budget))
                .or_insert_with(|| vec![budgets::counted(budget), budgets::demanded(budget)]);
            facts.push(cite::spec(
                &cite::pod(pod),
                "spec.nodeName",
                &node.meta.name,
            ));
        }
        for (object, facts) in seen {
            report.found_all(Subject::of(object), facts);
        }
    }
}
