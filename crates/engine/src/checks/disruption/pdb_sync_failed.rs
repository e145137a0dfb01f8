#![doc = include_str!("pdb_sync_failed.md")]

use dogwatch_model::{CheckId, DisruptionFinding, FindingKind, snapshot::find_condition};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::budgets,
    view::View,
};

/// The controller cannot count the Pods of a disruption budget.
#[derive(Debug)]
pub(crate) struct SyncFailed;

static META: Meta = Meta {
    id: CheckId::new("disruption/pdb-sync-failed"),
    kind: FindingKind::Disruption(DisruptionFinding::SyncFailed),
    needs: sources::BUDGETS,
    advice: &[
        "Look at the message: most often the Pods have no controller, or one without a scale.",
    ],
    casebook: include_str!("pdb_sync_failed.md"),
};

impl Check for SyncFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for budget in &view.snapshot.disruption_budgets {
            let object = budgets::object(budget);
            let known = find_condition(&budget.status.conditions, "DisruptionAllowed");
            let failed =
                known.filter(|known| known.reason == "SyncFailed" && known.status == "False");
            let Some(failed) = failed else { continue };
            let events = view.events_since(&budget.meta.uid, budget.meta.created);
            let told = events
                .filter(|event| REASONS.contains(&&*event.reason))
                .last();
            let subject = Subject::of(object.clone()).since(failed.since);
            report.found(
                subject,
                cite::condition(&object, failed),
                told.map(cite::event),
            );
        }
    }
}

/// What the disruption controller says of it.
const REASONS: &[&str] = &["CalculateExpectedPodCountFailed", "UnmanagedPods"];
