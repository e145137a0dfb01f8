//! What is told about the first Pod that does not fit.

use std::collections::BTreeMap;

use dogwatch_model::{Snapshot, wire::Quantity};

use super::{
    NodeVerdict, Shortfall,
    obstacle::{Obstacle, Unplaceable},
    placement::{Outcome, Stop},
    world::World,
};

/// What each node has against the Pod.
pub(super) fn nodes(world: &World<'_>, outcome: &Outcome<'_>) -> Vec<NodeVerdict> {
    let nodes = stopped(outcome);
    let all = world.places.iter().zip(nodes);
    all.map(|(place, obstacles)| NodeVerdict {
        node: place.name.clone(),
        obstacles: obstacles.clone(),
    })
    .collect()
}

fn stopped<'o>(outcome: &'o Outcome<'_>) -> &'o [Vec<Obstacle>] {
    match &outcome.stop {
        Some(Stop::Nodes(nodes)) => nodes,
        Some(Stop::Refused(_)) | None => &[],
    }
}

/// Why no node is looked at.
pub(super) fn unplaceable(outcome: &Outcome<'_>) -> Option<Unplaceable> {
    match &outcome.stop {
        Some(Stop::Refused(why)) => Some(why.clone()),
        Some(Stop::Nodes(_)) | None => None,
    }
}

/// The words of the scheduler, the likely ones first, then what it may say instead.
pub(super) fn messages(
    snapshot: &Snapshot,
    world: &World<'_>,
    outcomes: &[Outcome<'_>],
    likely: &Outcome<'_>,
    admitted: u32,
) -> Vec<String> {
    let minor = minor(snapshot);
    let of = |outcome: &Outcome<'_>| {
        let stop = outcome.stop.as_ref();
        let stop = stop.filter(|_| outcome.placed < admitted)?;
        Some(message(stop, world.places.len(), minor))
    };
    let mut messages: Vec<String> = outcomes.iter().filter_map(of).collect();
    messages.sort();
    messages.dedup();
    if let Some(first) = of(likely) {
        messages.retain(|message| *message != first);
        messages.insert(0, first);
    }
    messages
}

/// One message: reasons with the number of their nodes, sorted as texts.
fn message(stop: &Stop, nodes: usize, minor: Option<u32>) -> String {
    let reasons = match stop {
        Stop::Refused(why @ (Unplaceable::NoNodes | Unplaceable::Gated)) => return why.to_string(),
        Stop::Refused(why) => why.to_string(),
        Stop::Nodes(obstacles) => {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            for obstacle in obstacles.iter().flatten() {
                *counts.entry(obstacle.words(minor)).or_default() += 1;
            }
            let items = counts.into_iter();
            let mut items: Vec<String> = items
                .map(|(words, count)| format!("{count} {words}"))
                .collect();
            items.sort();
            items.join(", ")
        }
    };
    format!("0/{nodes} nodes are available: {reasons}.")
}

/// The minor version of the server, such as 36 of `v1.36.3`.
fn minor(snapshot: &Snapshot) -> Option<u32> {
    let version = snapshot.server_version.as_deref()?;
    version.split('.').nth(1)?.parse().ok()
}

/// What is missing on the node that lacks the smallest share of what is asked for.
pub(super) fn shortfall(world: &World<'_>, outcome: &Outcome<'_>) -> Vec<Shortfall> {
    let all = world.places.iter().zip(stopped(outcome));
    let lacking = all.filter_map(|(place, obstacles)| {
        let missing: Option<Vec<Missing<'_>>> = obstacles.iter().map(missing).collect();
        Some((place, missing.filter(|missing| !missing.is_empty())?))
    });
    let best = lacking.min_by_key(|(_, missing)| {
        let shares = missing.iter().map(|known| known.share);
        shares.max().unwrap_or_default()
    });
    let Some((place, missing)) = best else {
        return Vec::new();
    };
    let each = missing.into_iter().map(|missing| Shortfall {
        node: place.name.clone(),
        resource: missing.resource.into(),
        missing: missing.amount,
    });
    each.collect()
}

/// How much of a resource is missing.
struct Missing<'a> {
    resource: &'a str,
    amount: Quantity,
    /// Millionths of what is asked for.
    share: i128,
}

/// `None` for what no resource can mend.
fn missing(obstacle: &Obstacle) -> Option<Missing<'_>> {
    let Obstacle::Insufficient {
        resource,
        requested,
        free,
        ..
    } = obstacle
    else {
        return None;
    };
    let amount = requested.milli() - free.milli();
    Some(Missing {
        resource,
        amount: Quantity::from_milli(amount),
        share: amount.saturating_mul(1_000_000) / requested.milli().max(1),
    })
}
