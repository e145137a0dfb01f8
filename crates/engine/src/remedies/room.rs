//! What new Pods need: a place, a quota, and how many may be missing meanwhile.

use dogwatch_model::{
    plan::{Draft, PlanOption, Target},
    ports::NodePool,
    snapshot::{Node, Pod},
};

use super::Ground;
use crate::rollout::{Rollout, Workload};

/// Seconds that a replaced Pod takes, with its image at hand.
const SECONDS_PER_POD: u32 = 20;

/// Notes what Pods that come on top of the present ones need.
pub(crate) fn for_more(
    _ground: &Ground<'_>,
    _draft: &mut PlanOption<Draft>,
    _rollout: &Rollout<'_>,
    _more: i64,
) {
}

/// Notes what a replacement of every Pod means: restarts, and how many may be missing at once.
pub(crate) fn for_replacement(
    _ground: &Ground<'_>,
    draft: &mut PlanOption<Draft>,
    rollout: &Rollout<'_>,
) {
    let pods = u32::try_from(rollout.desired).unwrap_or(0);
    draft.impact.pods_restarted = pods;
    draft
        .impact
        .summary
        .push(format!("{pods} Pods are replaced"));
    let missing = missing_at_once(rollout);
    draft.impact.ready_lost_percent = percent(missing, rollout.desired);
    draft.impact.expected_seconds = 30 + pods.min(60) * SECONDS_PER_POD;
    if missing > 0 {
        draft
            .impact
            .summary
            .push(format!("up to {missing} of {pods} missing at once"));
    }
}

/// How many Pods the update strategy lets go before their successors are there.
fn missing_at_once(rollout: &Rollout<'_>) -> i64 {
    if rollout.workload.strategy() == "Recreate" {
        return rollout.desired;
    }
    match rollout.workload {
        Workload::Deployment(item) => {
            let rolling = &item.spec.strategy.rolling_update;
            let of = |value: &Option<dogwatch_model::wire::IntOrString>, up| {
                value
                    .as_ref()
                    .and_then(|value| value.scaled(rollout.desired, up))
            };
            // A quarter of the Pods, rounded down, is the API server's default.
            let missing = of(&rolling.max_unavailable, false).unwrap_or(rollout.desired / 4);
            let surge = of(&rolling.max_surge, true).unwrap_or(1);
            if missing == 0 && surge == 0 {
                1
            } else {
                missing
            }
        }
        Workload::StatefulSet(_) | Workload::DaemonSet(_) => 1.min(rollout.desired),
    }
}

fn percent(part: i64, whole: i64) -> u32 {
    let share = part.saturating_mul(100).checked_div(whole).unwrap_or(0);
    u32::try_from(share.clamp(0, 100)).unwrap_or(100)
}

/// Notes whether Pods that leave a Node find a place elsewhere.
pub(crate) fn for_moved(
    _ground: &Ground<'_>,
    _draft: &mut PlanOption<Draft>,
    _node: &Node,
    _pods: &[&Pod],
) {
}

/// Notes how many of the waiting Pods new Nodes of a pool would take.
pub(crate) fn on_new_nodes(
    _ground: &Ground<'_>,
    _draft: &mut PlanOption<Draft>,
    _pool: (&NodePool, u32),
    _workload: &Target,
) {
}

/// The pool and its number of Nodes with which the waiting Pods of a workload, and so many more,
/// find a place; `None` when they find one now, or no pool gives one.
pub(crate) fn nodes_needed<'a>(
    _ground: &Ground<'a>,
    _rollout: &Rollout<'_>,
    _more: i64,
) -> Option<(&'a NodePool, u32)> {
    None
}
