//! Pools of Nodes at a provider: which is meant, and what more Nodes mean.

use dogwatch_model::{
    plan::{Draft, Expectation, PlanOption, PlanRefusal, Target},
    ports::NodePool,
};

use super::{Ground, machines, room};
use crate::rollout::Rollout;

/// Nodes added at once: more is a capacity project, not a remedy.
const MAX_MORE: u32 = 5;

/// Seconds until a new machine is a Ready Node.
const NODE_SECONDS: u32 = 600;

/// Every pool of the provider.
pub(super) fn all<'a>(ground: &Ground<'a>) -> Result<&'a [NodePool], PlanRefusal> {
    ground.pools.ok_or_else(|| PlanRefusal::NotSupported {
        because: "no provider of Nodes is configured (nodePools in the configuration)".to_owned(),
    })
}

/// The one pool of this id or name.
pub(super) fn find<'a>(ground: &Ground<'a>, pool: &str) -> Result<&'a NodePool, PlanRefusal> {
    let pools = all(ground)?;
    let by_id = pools.iter().find(|known| known.id == pool);
    let mut by_name = pools.iter().filter(|known| known.name == pool);
    // A name that two pools share names none of them.
    let only = || by_name.next().filter(|_| by_name.next().is_none());
    by_id.or_else(only).ok_or_else(|| {
        let names: Vec<&str> = pools.iter().map(|pool| &*pool.name).collect();
        PlanRefusal::NotSupported {
            because: format!(
                "there is not exactly one node pool \"{pool}\"; there are: {}",
                names.join(", ")
            ),
        }
    })
}

/// Refuses more Nodes at once than a remedy may ask for.
pub(super) fn check_number(more: u32) -> Result<(), PlanRefusal> {
    if more > MAX_MORE {
        let because = format!("{more} Nodes at once are more than {MAX_MORE}");
        return Err(PlanRefusal::TooMuch { because });
    }
    Ok(())
}

/// Notes what so many more Nodes like those of a pool cost, take and must bring about.
pub(super) fn grow(
    ground: &Ground<'_>,
    draft: &mut PlanOption<Draft>,
    (like, more): (Option<&NodePool>, u32),
    rollout: Option<&Rollout<'_>>,
) {
    draft.impact.nodes = more;
    draft.impact.summary.push(format!("{more} Nodes more"));
    draft.impact.expected_seconds = NODE_SECONDS;
    let price = like.and_then(|like| like.price.as_ref());
    draft.impact.cost = Some(price.map_or_else(
        || format!("{more} Nodes more cost money; the price is not known here"),
        |price| format!("{more} × {price}, until they are given back"),
    ));
    let before = machines::ready_nodes(ground);
    draft.verification.push(Expectation::NodesReady {
        before,
        at_least: before + more,
    });
    // For the cluster as a whole the Nodes are all that is wanted.
    let Some(rollout) = rollout else {
        return;
    };
    let workload = Target::of(&rollout.object);
    room::on_new_nodes(ground, draft, (like, more), &workload);
    draft.verification.push(Expectation::RolledOut {
        workload,
        replicas: rollout.desired,
    });
}

/// The workload that waits for Nodes; `None` for the cluster as a whole.
pub(super) fn waiting<'a>(
    ground: &Ground<'a>,
    target: &Target,
) -> Result<Option<&'a Rollout<'a>>, PlanRefusal> {
    if target.is_cluster() {
        return Ok(None);
    }
    ground.rollout(target).map(Some)
}
