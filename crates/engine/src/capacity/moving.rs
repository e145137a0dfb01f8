//! Would the Pods of a Node find a place on the others, if it were drained?

use std::collections::BTreeMap;

use dogwatch_model::{
    Snapshot, Uid,
    snapshot::{Node, Pod},
};
use serde::Serialize;

use super::{
    Ask, Shortfall,
    admitted::Admitted,
    placement::{Case, Outcome},
    verdict,
    world::World,
};

/// What would become of Pods that leave a Node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// Pods that leave.
    pub asked: u32,
    /// Successors that get another Node at least, whatever Nodes are taken where several would do.
    /// Nobody is driven out for them.
    pub fits: u32,
    /// What the scheduler would say of each group of successors that stays Pending, sorted.
    pub messages: Vec<String>,
    /// What is missing on the Node that lacks least, for the first Pod that resources alone hold back.
    pub shortfall: Vec<Shortfall>,
}

/// Predicts where the successors of Pods go once their Node is cordoned and they have left it.
///
/// Pods of one owner are placed together, the owners in the order of their first Pod; what was placed
/// counts for those that follow.
pub fn moved(snapshot: &Snapshot, node: &Node, pods: &[&Pod]) -> Moved {
    let mut world = World::new(snapshot, &[]);
    world.leave(&node.meta.name, pods);
    let mut found = Moved::default();
    for group in by_owner(pods) {
        let places = place(snapshot, &world, &group, &mut found);
        for (pod, place) in group.iter().zip(places) {
            world.places[place].pods.push(pod);
        }
    }
    found.messages.sort();
    found.messages.dedup();
    found
}

/// Pods with one owner look alike to the scheduler, as far as their specs are the same.
fn by_owner<'a>(pods: &[&'a Pod]) -> Vec<Vec<&'a Pod>> {
    let mut at: BTreeMap<&Uid, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<&'a Pod>> = Vec::new();
    for pod in pods {
        let owner = pod
            .meta
            .controller()
            .map_or(&pod.meta.uid, |owner| &owner.uid);
        let group = at
            .get(owner)
            .copied()
            .filter(|at| groups[*at][0].spec == pod.spec);
        if let Some(group) = group {
            groups[group].push(pod);
        } else {
            at.insert(owner, groups.len());
            groups.push(vec![pod]);
        }
    }
    groups
}

/// Places the successors of one group and tells of those that find no place.
fn place(snapshot: &Snapshot, world: &World<'_>, group: &[&Pod], found: &mut Moved) -> Vec<usize> {
    let count = u32::try_from(group.len()).unwrap_or(u32::MAX);
    let ask = Ask {
        namespace: &group[0].meta.namespace,
        labels: &group[0].meta.labels,
        spec: &group[0].spec,
        count,
        workload: None,
        claims: None,
    };
    let pod = Admitted::new(snapshot, &ask);
    let (case, state) = Case::new(snapshot, world, &ask, &pod);
    let outcomes = case.outcomes(&state, count);
    let fewest = outcomes.iter().min_by_key(|outcome| outcome.placed);
    let fewest: &Outcome<'_> = fewest.unwrap_or(&outcomes[0]);
    found.asked += count;
    found.fits += fewest.placed;
    if fewest.placed < count {
        let mut messages = verdict::messages(snapshot, world, &outcomes, fewest, count);
        messages.truncate(1);
        found.messages.append(&mut messages);
        if found.shortfall.is_empty() {
            found.shortfall = verdict::shortfall(world, fewest);
        }
    }
    // Those that follow find the Nodes as the scheduler would most likely leave them.
    outcomes
        .into_iter()
        .next()
        .map_or_else(Vec::new, |likely| likely.places)
}
