//! What changed before the trouble, with what it is blamed for.

use std::collections::BTreeMap;

use dogwatch_model::{Diagnosis, ObjectRef, Role, report::Block};
use serde::Serialize;

use super::{CauseEntry, document::place};
use crate::{
    changes::{self, Blame, Change, ChangeSource, Key, Link},
    view::View,
};

/// Changes shown to a person that are blamed.
const SHOWN: usize = 6;

/// Changes in a document for machines.
const MAX_ENTRIES: usize = 500;

/// Differences of two recordings shown to a person that touch nothing that is wrong.
const OTHERS: usize = 5;

/// Changes shown to a person that only coincide.
const COINCIDING: usize = 3;

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

/// A cause: its finding, and its rank in the list.
type Ranked = (usize, usize);

/// Changes of what something that is wrong depends on, and of the object that was asked for; those
/// that are blamed first.
pub(super) fn entries(
    view: &View<'_>,
    diagnosis: &Diagnosis,
    listed: &[CauseEntry],
    target: Option<&ObjectRef>,
) -> Vec<ChangeEntry> {
    let changes = changes::all(view);
    let blamable = blamable(view, (diagnosis, listed), &changes);
    let mut entries: Vec<ChangeEntry> = changes
        .into_iter()
        .filter_map(|change| {
            let place = changes::key(&change.object);
            let hits = blamable.get(&place).map_or(&[][..], Vec::as_slice);
            let is_asked = change.source == ChangeSource::Template
                && target.is_some_and(|target| changes::key(target) == place);
            // Who gives an earlier recording asks for what differs.
            let is_compared = change.source == ChangeSource::Captures;
            let entry = judged(diagnosis, hits, change);
            (entry.verdict.is_some() || is_asked || is_compared).then_some(entry)
        })
        .collect();
    entries.sort_by_key(|entry| {
        let verdict = entry.verdict.map_or(2, |verdict| match verdict {
            Blame::Blamed => 0,
            Blame::Coincides => 1,
        });
        (verdict, core::cmp::Reverse(entry.change.at))
    });
    entries.truncate(MAX_ENTRIES);
    entries
}

/// Causes by the objects that they depend on.
fn blamable(
    view: &View<'_>,
    (diagnosis, listed): (&Diagnosis, &[CauseEntry]),
    changes: &[Change],
) -> BTreeMap<Key, Vec<(Ranked, Link)>> {
    let ranks: BTreeMap<(&str, &ObjectRef), usize> = listed
        .iter()
        .map(|entry| ((entry.mode, &entry.object), entry.rank))
        .collect();
    let mut blamable: BTreeMap<Key, Vec<(Ranked, Link)>> = BTreeMap::new();
    let causes = diagnosis.causes.iter();
    for cause in causes.filter(|cause| cause.role == Role::Cause) {
        let finding = &diagnosis.findings[cause.finding];
        let Some(rank) = ranks.get(&(finding.kind.mode(), &finding.object)) else {
            continue;
        };
        if changes.is_empty() || finding.since.is_none() {
            continue;
        }
        for (place, link) in changes::links(view, finding, changes) {
            let hits = blamable.entry(place).or_default();
            hits.push(((cause.finding, *rank), link));
        }
    }
    blamable
}

fn judged(diagnosis: &Diagnosis, hits: &[(Ranked, Link)], change: Change) -> ChangeEntry {
    let mut verdicts: Vec<(Blame, usize)> = hits
        .iter()
        .filter_map(|((finding, rank), link)| {
            let verdict = changes::blame(&change, &diagnosis.findings[*finding], *link)?;
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

/// Changes for a person: those that came before something that was found, with those that only
/// coincide cut short.
pub(super) fn blocks(entries: &[ChangeEntry]) -> Vec<Block> {
    let told = |verdict: Blame| {
        let entries = entries.iter();
        entries.filter(move |entry| entry.verdict == Some(verdict))
    };
    let coincide = told(Blame::Coincides).count();
    let shown = told(Blame::Blamed)
        .take(SHOWN)
        .chain(told(Blame::Coincides).take(COINCIDING));
    let mut blocks: Vec<Block> = shown.flat_map(told_of).collect();
    if coincide > COINCIDING {
        let more = coincide - COINCIDING;
        blocks.push(Block::Text(format!("{more} more changes coincide.")));
    }
    blocks.extend(others(entries));
    blocks
}

/// What else differs between two recordings, in a few lines.
fn others(entries: &[ChangeEntry]) -> Vec<Block> {
    let others = entries
        .iter()
        .filter(|entry| entry.verdict.is_none() && entry.change.source == ChangeSource::Captures);
    let count = others.clone().count();
    if count == 0 {
        return Vec::new();
    }
    let lines = others.take(OTHERS).map(|entry| {
        let change = &entry.change;
        format!("{}: {}", place(&change.object), change.title())
    });
    let said = format!(
        "Besides, {count} objects differ from the earlier recording, none of them before something that was found:"
    );
    vec![Block::Text(said), Block::List(lines.collect())]
}

/// One change: a sentence, and the fields below it.
fn told_of(entry: &ChangeEntry) -> Vec<Block> {
    let change = &entry.change;
    let ranks: Vec<String> = entry.causes.iter().map(|rank| format!("#{rank}")).collect();
    let verdict = match entry.verdict {
        Some(Blame::Blamed) => "blamed for",
        Some(Blame::Coincides) | None => "coincides with",
    };
    let actor = change.actor.as_ref().map(|by| format!(" by {by}"));
    let by = change.managed_by.as_ref();
    let by = by.map(|by| format!("; managed by {by}"));
    let sentence = format!(
        "{}: {}{}{}, {verdict} {}{}.",
        place(&change.object),
        change.title(),
        when(change),
        actor.unwrap_or_default(),
        ranks.join(", "),
        by.unwrap_or_default()
    );
    let mut blocks = vec![Block::Text(sentence)];
    let lines = lines(change);
    if !lines.is_empty() {
        blocks.push(Block::List(lines));
    }
    blocks
}

fn when(change: &Change) -> String {
    match (change.at, change.between) {
        (Some(at), _) => format!(" at {at:.0}"),
        (None, Some(between)) => format!(" between {:.0} and {:.0}", between.after, between.before),
        (None, None) => String::new(),
    }
}

fn lines(change: &Change) -> Vec<String> {
    if change.has_unread_fields {
        let said = "they differ only in fields that are never read, such as values of environment variables";
        let touched = change
            .touched
            .iter()
            .map(|path| format!("{path}: not read"));
        return core::iter::once(said.to_owned())
            .filter(|_| change.touched.is_empty())
            .chain(touched)
            .collect();
    }
    let shown = |value: &str| {
        if value.is_empty() {
            "(absent)".to_owned()
        } else {
            value.to_owned()
        }
    };
    let fields = change.fields.iter();
    fields
        .map(|field| {
            format!(
                "{}: {} -> {}",
                field.path,
                shown(&field.from),
                shown(&field.to)
            )
        })
        .collect()
}
