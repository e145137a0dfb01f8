//! Who would have to go for a Pod of higher priority.

use dogwatch_model::{ObjectRef, snapshot::Pod};

use super::{
    admitted::Admitted,
    obstacle::Obstacle,
    placement::{Case, Outcome, Stop},
    room::Room,
};
use crate::cite;

/// Pods of lower priority that may be driven out for the first Pod that does not fit: those of the
/// node where the least important ones would do. Only what the Pods of one node hold is weighed
/// (resources, places and ports), and disruption budgets are not: the scheduler tries to keep them
/// and breaks them when it has to.
pub(super) fn victims<'a>(
    case: &Case<'a>,
    pod: &Admitted<'_>,
    outcome: &Outcome<'a>,
) -> Vec<ObjectRef> {
    let (Some(priority), Some(Stop::Nodes(nodes))) = (pod.priority, &outcome.stop) else {
        return Vec::new();
    };
    if !pod.may_preempt() {
        return Vec::new();
    }
    let is_helped = |obstacles: &[Obstacle]| obstacles.iter().all(Obstacle::is_made_by_pods);
    let candidates = nodes.iter().enumerate().filter(|(_, node)| is_helped(node));
    let choices = candidates.filter_map(|(place, _)| on_node(case, outcome, place, priority));
    // The least important first Pod, then the fewest; of equals the first by name.
    let best = choices.min_by_key(|pods| (pods.first().map(|pod| importance(pod)), pods.len()));
    best.unwrap_or_default()
        .into_iter()
        .map(cite::pod)
        .collect()
}

fn importance(pod: &Pod) -> i64 {
    pod.spec.priority.unwrap_or(0)
}

/// Who would have to go from one node, the most important first; `None` when that does not help.
fn on_node<'a>(
    case: &Case<'a>,
    outcome: &Outcome<'a>,
    place: usize,
    priority: i64,
) -> Option<Vec<&'a Pod>> {
    let pods = case.world.places[place].pods.iter();
    let mut lower: Vec<&'a Pod> = pods
        .copied()
        .filter(|pod| importance(pod) < priority)
        .collect();
    if lower.is_empty() {
        return None;
    }
    lower.sort_by(|one, other| {
        importance(other)
            .cmp(&importance(one))
            .then_with(|| one.meta.created.cmp(&other.meta.created))
    });
    let mut room: Room = outcome.state.rooms[place].clone();
    for pod in &lower {
        room.remove(&case.needs, pod);
    }
    let fits = |room: &Room| case.fits_with(&outcome.state, outcome.placed, place, room);
    if !fits(&room) {
        return None;
    }
    lower.retain(|pod| {
        let mut with = room.clone();
        with.add(&case.needs, pod);
        let stays = fits(&with);
        if stays {
            room = with;
        }
        !stays
    });
    Some(lower)
}
