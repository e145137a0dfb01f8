#![doc = include_str!("pdb_impossible.md")]

use std::collections::BTreeSet;

use dogwatch_model::{CheckId, DisruptionFinding, FindingKind, ObjectRef, Severity};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    reading::budgets,
    view::View,
};

/// A disruption budget can never allow an eviction.
#[derive(Debug)]
pub(crate) struct Impossible;

static META: Meta = Meta {
    id: CheckId::new("disruption/pdb-impossible"),
    kind: FindingKind::Disruption(DisruptionFinding::Impossible),
    needs: sources::BUDGETS,
    advice: &[
        "Let at least one Pod go: lower minAvailable, raise maxUnavailable, or add a replica.",
    ],
    casebook: include_str!("pdb_impossible.md"),
};

impl Check for Impossible {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let held: BTreeSet<ObjectRef> = budgets::held(view)
            .into_iter()
            .map(|(_, _, budget)| budgets::object(budget))
            .collect();
        for budget in view
            .snapshot
            .disruption_budgets
            .iter()
            .filter(|known| budgets::is_impossible(known))
        {
            let object = budgets::object(budget);
            let mut subject = Subject::of(object.clone());
            if held.contains(&object) {
                subject = subject.severity(Severity::Warning);
            }
            report.found(
                subject,
                budgets::demanded(budget),
                [budgets::counted(budget)],
            );
        }
    }
}
