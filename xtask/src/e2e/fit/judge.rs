//! Holds what was predicted against what the scheduler did.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use dogwatch_engine::capacity::{Ask, Fit, predict};
use dogwatch_model::{
    Kind, LedgerEntry, ReadOutcome, Snapshot, Source,
    snapshot::{PodSpec, SnapshotBuilder},
    wire::Labels,
};
use serde_json::Value;

use super::asked::Template;

/// What the scheduler did with the Pods of one template.
#[derive(Debug, Clone, Default)]
pub(super) struct Real {
    /// Pods that got a node.
    pub(super) placed: u32,
    /// What is said of the first that did not.
    pub(super) message: Option<String>,
}

/// The cluster as Dogwatch sees it.
pub(super) fn snapshot(objects: &[Value], version: &str) -> Result<Snapshot> {
    let mut builder = SnapshotBuilder::default();
    for object in objects {
        let kind = object["kind"].as_str().and_then(Kind::of_object);
        let kind = kind.with_context(|| format!("no known kind: {}", object["kind"]))?;
        builder.add(kind, &serde_json::to_vec(object)?)?;
    }
    for kind in Kind::all() {
        builder.record(LedgerEntry {
            source: Source::Objects(kind),
            namespace: None,
            selected: false,
            outcome: ReadOutcome::Ok { items: 0 },
        });
    }
    let now = "2026-01-01T00:00:00Z".parse().context("a fixed time")?;
    Ok(builder.finish(now, Some(version.to_owned())))
}

/// What Dogwatch predicts for so many Pods of a template.
pub(super) fn prediction(
    snapshot: &Snapshot,
    template: &Template,
    namespace: &str,
    count: u32,
) -> Result<Fit> {
    let labels: Labels = serde_json::from_value(template.labels.clone())?;
    let spec: PodSpec = serde_json::from_value(template.spec.clone())?;
    let ask = Ask {
        namespace,
        labels: &labels,
        spec: &spec,
        count,
        workload: None,
        claims: None,
    };
    Ok(predict(snapshot, &ask, &[]))
}

/// What is wrong with a prediction.
pub(super) fn complaint(fit: &Fit, real: &Real) -> Option<String> {
    if fit.admitted != fit.asked {
        return Some(format!(
            "refused, though it was accepted: {:?}",
            fit.admission
        ));
    }
    if !(fit.fits_min..=fit.fits_max).contains(&real.placed) {
        return Some(format!(
            "{} to {} of {} fit, because {:?}, in fact {}{}",
            fit.fits_min,
            fit.fits_max,
            fit.asked,
            fit.message,
            real.placed,
            said(real)
        ));
    }
    let Some(message) = &real.message else {
        return None;
    };
    let told = fit.message.iter().chain(&fit.other_messages);
    if told.clone().any(|told| reasons(told) == reasons(message)) {
        return None;
    }
    let told: Vec<&str> = told.map(String::as_str).collect();
    Some(format!("predicted {told:#?}{}", said(real)))
}

fn said(real: &Real) -> String {
    let message = real.message.as_deref().unwrap_or("nothing");
    format!("\n      in fact {}", head(message))
}

/// True when the likely message is the real one.
pub(super) fn is_first_message(fit: &Fit, real: &Real) -> bool {
    let pair = fit.message.as_deref().zip(real.message.as_deref());
    pair.is_some_and(|(told, real)| reasons(told) == reasons(real))
}

/// The reasons of a message with their numbers of nodes; a message without numbers as it is.
fn reasons(message: &str) -> BTreeMap<String, u32> {
    let head = head(message);
    let (nodes, list) = head.split_once(": ").unwrap_or(("", head));
    let items = list.trim_end_matches('.').split(", ").map(|item| {
        let (count, words) = item.split_once(' ').unwrap_or(("", item));
        match count.parse() {
            Ok(count) => (words.to_owned(), count),
            Err(_) => (item.to_owned(), 0),
        }
    });
    items.chain([(nodes.to_owned(), 0)]).collect()
}

/// The reasons of a message without their numbers; names in quotes are left out.
pub(super) fn words(message: &str) -> impl Iterator<Item = String> {
    let reasons = reasons(message).into_keys();
    reasons
        .filter(|words| !words.ends_with("nodes are available"))
        .map(|words| {
            let plain: Vec<&str> = words.split('"').step_by(2).collect();
            plain.join("..")
        })
}

/// What comes before the words of the plugins that are asked after all nodes are turned down.
fn head(message: &str) -> &str {
    message.find(". ").map_or(message, |at| &message[..=at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_compared_by_their_reasons() {
        let one = "0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods. preemption: 0/3 \
                   nodes are available: 3 Preemption is not helpful for scheduling.";
        let same = "0/3 nodes are available: 2 Too many pods, 1 Insufficient cpu.";
        assert_eq!(reasons(one), reasons(same));
        for other in [
            "0/3 nodes are available: 1 Too many pods, 2 Insufficient cpu.",
            "0/4 nodes are available: 2 Too many pods, 1 Insufficient cpu.",
            "0/3 nodes are available: 2 Too many pods.",
        ] {
            assert_ne!(reasons(one), reasons(other), "{other}");
        }
        let tail = "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, \
                    preemption: not eligible.";
        assert_eq!(head(tail), "0/3 nodes are available: 3 Insufficient cpu.");
        let tail = "0/3 nodes are available: pod affinity terms conflict. not found";
        assert_eq!(
            head(tail),
            "0/3 nodes are available: pod affinity terms conflict."
        );
    }
}
