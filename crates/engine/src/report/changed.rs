//! What changed before the trouble, with what it is blamed for.

use dogwatch_model::{Diagnosis, Kind, Role, report::Block};
use serde::Serialize;

use super::{CauseEntry, document::place};
use crate::{
    changes::{self, Blame, Change},
    diagnosis::owner_of,
    view::View,
};

/// Changes shown to a person.
const SHOWN: usize = 6;

/// A change and how it stands to what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeEntry {
    /// The change.
    #[serde(flatten)]
    pub change: Change,
    /// `blamed`, `coincides`, or absent when the order in time is not proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Blame>,
    /// Ranks of the causes that it is blamed for, or coincides with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<usize>,
}

/// The newest change of every workload, those that are blamed first.
pub(super) fn entries(
    view: &View<'_>,
    diagnosis: &Diagnosis,
    listed: &[CauseEntry],
) -> Vec<ChangeEntry> {
    let mut entries: Vec<ChangeEntry> = changes::changes(view)
        .into_iter()
        .map(|change| judged(view, diagnosis, listed, change))
        .collect();
    entries.sort_by_key(|entry| {
        let verdict = entry.verdict.map_or(2, |verdict| match verdict {
            Blame::Blamed => 0,
            Blame::Coincides => 1,
        });
        (verdict, core::cmp::Reverse(entry.change.at))
    });
    entries
}

fn judged(
    view: &View<'_>,
    diagnosis: &Diagnosis,
    listed: &[CauseEntry],
    change: Change,
) -> ChangeEntry {
    let mut hits: Vec<(Blame, usize)> = Vec::new();
    for cause in diagnosis
        .causes
        .iter()
        .filter(|cause| cause.role == Role::Cause)
    {
        let finding = &diagnosis.findings[cause.finding];
        let owner = owner_of(view, finding).unwrap_or_else(|| finding.object.clone());
        let is_same = owner.kind == change.object.kind
            && owner.name == change.object.name
            && owner.namespace == change.object.namespace;
        let rank = listed
            .iter()
            .find(|entry| entry.mode == finding.kind.mode() && entry.object == finding.object);
        if let (true, Some(rank), Some(verdict)) = (is_same, rank, changes::blame(&change, finding))
        {
            hits.push((verdict, rank.rank));
        }
    }
    hits.sort_unstable();
    let verdict = hits.first().map(|(verdict, _)| *verdict);
    let causes = hits
        .iter()
        .filter(|(known, _)| Some(*known) == verdict)
        .map(|(_, rank)| *rank)
        .collect();
    ChangeEntry {
        change,
        verdict,
        causes,
    }
}

/// Changes for a person: those that came before something that was found.
pub(super) fn blocks(entries: &[ChangeEntry]) -> Vec<Block> {
    let told = entries.iter().filter(|entry| entry.verdict.is_some());
    let mut blocks = Vec::new();
    for entry in told.take(SHOWN) {
        let change = &entry.change;
        let ranks: Vec<String> = entry.causes.iter().map(|rank| format!("#{rank}")).collect();
        let verdict = match entry.verdict {
            Some(Blame::Blamed) => "blamed for",
            _ => "coincides with",
        };
        let at = change
            .at
            .map(|at| format!(" at {at:.0}"))
            .unwrap_or_default();
        let kind = if change.object.kind == Kind::Deployment {
            "ReplicaSet"
        } else {
            "revision"
        };
        let by = change
            .managed_by
            .as_ref()
            .map(|by| format!("; managed by {by}"));
        blocks.push(Block::Text(format!(
            "{}: {kind} {} replaced {}{at}, {verdict} {}{}.",
            place(&change.object),
            change.version,
            change.before,
            ranks.join(", "),
            by.unwrap_or_default()
        )));
        if change.has_unread_fields {
            let said = "the templates differ only in fields that are never read, such as values of environment variables";
            blocks.push(Block::List(vec![said.to_owned()]));
            continue;
        }
        let lines = change.fields.iter().map(|field| {
            let shown = |value: &str| {
                if value.is_empty() {
                    "(absent)".to_owned()
                } else {
                    value.to_owned()
                }
            };
            format!(
                "{}: {} -> {}",
                field.path,
                shown(&field.from),
                shown(&field.to)
            )
        });
        blocks.push(Block::List(lines.collect()));
    }
    blocks
}
