//! What was asked for: TYPE/NAME, and what is near when it does not exist.

use dogwatch_agent::collect::{DEADLINE, names};
use dogwatch_model::{
    Kind, LedgerEntry, ObjectRef, ReadOutcome, Snapshot, Source, ports::ClusterReader,
};

use crate::exit::CliError;

/// Suggestions shown for a name that does not exist.
const SUGGESTIONS: usize = 3;

/// Reads `TYPE/NAME` or `TYPE NAME`.
pub(super) fn object(words: &[String], namespace: &str) -> Result<ObjectRef, CliError> {
    let (kind, name) = match words {
        [both] => both.split_once('/').ok_or_else(|| {
            CliError::usage(format!(
                "\"{both}\" names no object: write TYPE/NAME or TYPE NAME"
            ))
        })?,
        [kind, name] if !kind.contains('/') && !name.contains('/') => (&**kind, &**name),
        _ => {
            return Err(CliError::usage(
                "write the object as TYPE/NAME or as TYPE NAME",
            ));
        }
    };
    let kind = Kind::parse(kind).map_err(|error| {
        let known: Vec<&str> = Kind::all().map(|kind| kind.info().plural).collect();
        let hint = nearest(kind, &known);
        CliError::usage(format!("{error}{}", did_you_mean(&hint)))
    })?;
    if name.is_empty() {
        return Err(CliError::usage("the name is empty: write TYPE/NAME"));
    }
    let namespace = if kind.info().namespaced {
        namespace
    } else {
        ""
    };
    Ok(ObjectRef::named(kind, namespace, name))
}

/// Explains why there is nothing to diagnose: no server, no permission, no such object.
pub(super) async fn explain_absence(
    reader: &dyn ClusterReader,
    snapshot: &Snapshot,
    target: &ObjectRef,
) -> CliError {
    let source = Source::Objects(target.kind);
    let entry = snapshot
        .ledger
        .entries()
        .iter()
        .find(|entry| entry.source == source);
    match entry.map(|entry| &entry.outcome) {
        Some(ReadOutcome::Denied { message }) => CliError::incomplete(format!(
            "reading {} is not allowed: {message}; grant get and list on {}",
            target.kind.info().plural,
            target.kind.info().plural
        )),
        Some(ReadOutcome::TimedOut { last_error, .. }) => {
            CliError::failure(format!("the API server does not answer: {last_error}"))
        }
        Some(ReadOutcome::Truncated {
            items: 0, limit, ..
        }) if limit == DEADLINE => too_slow(),
        Some(ReadOutcome::Truncated { unreadable, .. }) if *unreadable > 0 => {
            CliError::incomplete(format!("{target} was read and cannot be understood"))
        }
        Some(ReadOutcome::Skipped { .. }) => CliError::incomplete(format!(
            "{} are not served by this cluster or not part of this recording",
            target.kind.info().plural
        )),
        _ => not_found(reader, target).await,
    }
}

fn too_slow() -> CliError {
    CliError::timed_out(
        "nothing was read before --timeout passed; allow more time, or ask for less",
    )
}

async fn not_found(reader: &dyn ClusterReader, target: &ObjectRef) -> CliError {
    let known = names(reader, target.kind, &target.namespace).await;
    let known: Vec<&str> = known.iter().map(|name| &**name).collect();
    let place = if target.namespace.is_empty() {
        String::new()
    } else {
        format!(" in namespace {}", target.namespace)
    };
    let kind = target.kind;
    let hint = did_you_mean(&nearest(&target.name, &known));
    let none = if known.is_empty() {
        "; there is none at all"
    } else {
        ""
    };
    CliError::failure(format!(
        "{kind} \"{}\" does not exist{place}{hint}{none}",
        target.name
    ))
}

/// Explains a scope of which nothing could be read.
pub(super) fn unreadable(entries: &[LedgerEntry]) -> Option<CliError> {
    let is_late = |entry: &&LedgerEntry| matches!(&entry.outcome, ReadOutcome::Truncated { items: 0, limit, .. } if limit == DEADLINE);
    if entries
        .iter()
        .filter(|entry| !is_late(entry))
        .any(|entry| entry.outcome.is_usable())
    {
        return None;
    }
    if entries.iter().any(|entry| is_late(&entry)) {
        return Some(too_slow());
    }
    entries.iter().find_map(|entry| match &entry.outcome {
        ReadOutcome::TimedOut { last_error, .. } => Some(CliError::failure(format!(
            "the API server does not answer: {last_error}"
        ))),
        ReadOutcome::Denied { message } => Some(CliError::incomplete(format!(
            "nothing may be read: {message}; run `dogwatch doctor` to see what is missing"
        ))),
        _ => None,
    })
}

fn did_you_mean(near: &[String]) -> String {
    match near {
        [] => String::new(),
        [one] => format!("; did you mean \"{one}\"?"),
        several => format!("; did you mean one of \"{}\"?", several.join("\", \"")),
    }
}

/// The known words that are nearest, at most a third of the letters away or sharing a beginning.
fn nearest(word: &str, known: &[&str]) -> Vec<String> {
    let limit = word.chars().count() / 3 + 1;
    let mut scored: Vec<(usize, &str)> = known
        .iter()
        .map(|candidate| {
            let is_part = candidate.starts_with(word) || word.starts_with(candidate);
            (
                if is_part {
                    0
                } else {
                    distance(word, candidate)
                },
                *candidate,
            )
        })
        .filter(|(score, _)| *score <= limit)
        .collect();
    scored.sort_unstable();
    scored
        .into_iter()
        .take(SUGGESTIONS)
        .map(|(_, candidate)| candidate.to_owned())
        .collect()
}

/// Letters to insert, remove or replace.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let next = (row[j + 1] + 1)
                .min(row[j] + 1)
                .min(diagonal + usize::from(a != *b));
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested() {
        let known = ["checkout-api", "checkout-web", "payments", "redis"];
        assert_eq!(nearest("chekout-api", &known)[0], "checkout-api");
        assert_eq!(
            nearest("checkout", &known),
            ["checkout-api", "checkout-web"]
        );
        assert!(nearest("zzz", &known).is_empty());
    }

    #[test]
    fn objects_are_read_as_kubectl_reads_them() {
        let words = |list: &[&str]| {
            list.iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        let slash = object(&words(&["deploy/api"]), "shop").unwrap();
        let apart = object(&words(&["Deployment", "api"]), "shop").unwrap();
        assert_eq!(slash, apart);
        assert_eq!(object(&words(&["node/n1"]), "shop").unwrap().namespace, "");
        for bad in [
            &["api"][..],
            &["widget/api"],
            &["deploy/"],
            &["deploy/api", "x"],
        ] {
            assert!(object(&words(bad), "shop").is_err(), "{bad:?}");
        }
    }
}
