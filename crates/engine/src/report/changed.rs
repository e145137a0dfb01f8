//! What changed before the trouble, with what it is blamed for.

use std::collections::BTreeMap;

use dogwatch_model::{Diagnosis, Kind, ObjectRef, Role, report::Block, wire::Text};
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

/// Which causes each workload has: index into the diagnosis, and rank in the list.
type Blamable = BTreeMap<(Kind, Text, Text), Vec<(usize, usize)>>;

/// The newest change of every workload that something is wrong with, or that was asked for; those that
/// are blamed first.
pub(super) fn entries(
    view: &View<'_>,
    diagnosis: &Diagnosis,
    listed: &[CauseEntry],
    target: Option<&ObjectRef>,
) -> Vec<ChangeEntry> {
    let blamable = blamable(view, diagnosis, listed);
    let mut entries: Vec<ChangeEntry> = view
        .rollouts
        .iter()
        .filter_map(|rollout| {
            let hits = blamable.get(&key(&rollout.object));
            let is_asked = target.is_some_and(|target| key(target) == key(&rollout.object));
            if hits.is_none() && !is_asked {
                return None;
            }
            let change = changes::of_rollout(view, rollout)?;
            Some(judged(
                diagnosis,
                hits.map_or(&[][..], Vec::as_slice),
                change,
            ))
        })
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

fn key(object: &ObjectRef) -> (Kind, Text, Text) {
    (object.kind, object.namespace.clone(), object.name.clone())
}

/// Causes by the workload that they are about.
fn blamable(view: &View<'_>, diagnosis: &Diagnosis, listed: &[CauseEntry]) -> Blamable {
    let ranks: BTreeMap<(&str, &ObjectRef), usize> = listed
        .iter()
        .map(|entry| ((entry.mode, &entry.object), entry.rank))
        .collect();
    let mut blamable = Blamable::new();
    let causes = diagnosis.causes.iter();
    for cause in causes.filter(|cause| cause.role == Role::Cause) {
        let finding = &diagnosis.findings[cause.finding];
        let owner = owner_of(view, finding).unwrap_or_else(|| finding.object.clone());
        if let Some(rank) = ranks.get(&(finding.kind.mode(), &finding.object)) {
            blamable
                .entry(key(&owner))
                .or_default()
                .push((cause.finding, *rank));
        }
    }
    blamable
}

fn judged(diagnosis: &Diagnosis, hits: &[(usize, usize)], change: Change) -> ChangeEntry {
    let mut verdicts: Vec<(Blame, usize)> = hits
        .iter()
        .filter_map(|(finding, rank)| {
            let verdict = changes::blame(&change, &diagnosis.findings[*finding])?;
            Some((verdict, *rank))
        })
        .collect();
    verdicts.sort_unstable();
    let verdict = verdicts.first().map(|(verdict, _)| *verdict);
    let causes = verdicts
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
