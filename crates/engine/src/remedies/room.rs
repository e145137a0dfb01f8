//! What new Pods need: a quota, a place, and how many may be missing meanwhile.

use dogwatch_model::{
    Kind,
    plan::{Draft, Fit, PlanOption, PlanRefusal, Target},
    ports::NodePool,
    snapshot::{Node, Pod},
};

use super::{
    Ground,
    raising::{self, Relief},
};
use crate::{
    capacity::{self, Ask, Extra, Moved, Rejection, Shortfall, predict},
    rollout::{Rollout, Workload},
};

/// Seconds that a replaced Pod takes, with its image at hand.
const SECONDS_PER_POD: u32 = 20;

/// New Nodes that are tried, one more each time.
const MAX_NEW_NODES: u32 = 5;

/// Predicts what becomes of Pods that come on top of the present ones.
pub(crate) fn for_more(
    ground: &Ground<'_>,
    draft: &mut PlanOption<Draft>,
    rollout: &Rollout<'_>,
    more: i64,
) -> Result<(), PlanRefusal> {
    let count = u32::try_from(more).unwrap_or(0);
    let snapshot = ground.view.snapshot;
    let Some(ask) = Ask::of_workload(snapshot, &rollout.object, count).filter(|_| count > 0) else {
        return Ok(());
    };
    found(draft, &predict(snapshot, &ask, &[]))
}

/// Predicts what becomes of Pods that the API server refuses, once some of its reasons are lifted.
pub(crate) fn for_refused(
    ground: &Ground<'_>,
    draft: &mut PlanOption<Draft>,
    rollout: &Rollout<'_>,
    relief: &Relief<'_>,
) -> Result<(), PlanRefusal> {
    let snapshot = ground.view.snapshot;
    let ask = raising::ask(ground, rollout, relief.count);
    let fit = capacity::predict_lifted(snapshot, &ask, relief.lift);
    if rollout.object.kind != Kind::DaemonSet || fit.admitted == 0 {
        return found(draft, &fit);
    }
    // Each of its Pods is made for one Node, which the prediction does not know.
    let (admitted, asked) = (fit.admitted, fit.asked);
    let words = format!("the API server lets {admitted} of {asked} new Pods through");
    draft.preconditions.push(words);
    let words = "whether its Pods find room on their Nodes was not predicted";
    draft.warnings.push(words.to_owned());
    Ok(())
}

/// Refuses when no Pod gets through or finds a place, and else notes what was predicted.
fn found(draft: &mut PlanOption<Draft>, fit: &capacity::Fit) -> Result<(), PlanRefusal> {
    let because = shortfall(fit);
    if fit.admitted == 0 {
        return Err(PlanRefusal::Quota { because });
    }
    if fit.fits_max == 0 {
        return Err(PlanRefusal::NoRoom { because });
    }
    note(draft, fit.asked, fit.fits_min, because);
    draft
        .warnings
        .extend(fit.conditional.iter().map(ToString::to_string));
    if !fit.victims.is_empty() {
        let victims: Vec<String> = fit.victims.iter().map(ToString::to_string).collect();
        draft
            .warnings
            .push(format!("may drive out {}", victims.join(", ")));
    }
    Ok(())
}

/// Notes how many of the asked Pods will surely find a place; it is part of what is approved.
fn note(draft: &mut PlanOption<Draft>, asked: u32, fits: u32, because: String) {
    let words = if fits >= asked {
        format!("all {asked} new Pods find a place")
    } else {
        format!(
            "{} of {asked} new Pods stay Pending: {because}",
            asked - fits
        )
    };
    draft.preconditions.push(words);
    draft.fit = Some(Fit {
        asked,
        fits: fits.min(asked),
        shortfall: because,
    });
}

/// What holds Pods back, with numbers; empty when all fit.
fn shortfall(fit: &capacity::Fit) -> String {
    let mut words: Vec<String> = fit.admission.iter().map(rejection).collect();
    let missing = |lack: &Shortfall| format!("{} {} missing", lack.missing, lack.resource);
    if fit.fits_min < fit.asked {
        words.extend(fit.shortfall.iter().map(missing));
        words.extend(fit.message.clone());
        words.extend(fit.unplaceable.as_ref().map(ToString::to_string));
    }
    words.dedup();
    words.join("; ")
}

fn rejection(rejection: &Rejection) -> String {
    match rejection {
        Rejection::Quota {
            quota,
            resource,
            used,
            hard,
            asked,
            admits,
            ..
        } => format!(
            "ResourceQuota {quota} lets {admits} of them through: {resource} {used} of {hard} used, {asked} more asked"
        ),
        Rejection::MustSpecify {
            quota,
            resource,
            container,
        } => format!("ResourceQuota {quota} wants {resource} of container {container} stated"),
        Rejection::QuotaNotCounted { quota, resource } => {
            format!("ResourceQuota {quota} has not counted {resource} yet")
        }
        Rejection::Limit {
            limit_range,
            subject,
            resource,
            limit,
            ..
        } => format!("LimitRange {limit_range} bounds {resource} of {subject} at {limit}"),
        Rejection::Missing { kind, name } => format!("{} {name} does not exist", kind.name()),
        Rejection::NamespaceTerminating => "the Namespace is being deleted".to_owned(),
        Rejection::PodSecurity { level, field } => {
            format!("Pod security level {level} forbids {field}")
        }
    }
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
            let missing = rolling.max_unavailable.as_ref();
            let surge = rolling.max_surge.as_ref();
            // A quarter of the Pods, rounded down, is the API server's default.
            let missing = missing
                .and_then(|value| value.scaled(rollout.desired, false))
                .unwrap_or(rollout.desired / 4);
            let surge = surge
                .and_then(|value| value.scaled(rollout.desired, true))
                .unwrap_or(1);
            if missing == 0 && surge == 0 {
                1
            } else {
                missing
            }
        }
        Workload::StatefulSet(_) | Workload::DaemonSet(_) => 1.min(rollout.desired),
    }
}

pub(crate) fn percent(part: i64, whole: i64) -> u32 {
    let share = part.saturating_mul(100).checked_div(whole).unwrap_or(0);
    u32::try_from(share.clamp(0, 100)).unwrap_or(100)
}

/// Predicts what becomes of Pods that leave a Node; how many find a place is part of what is approved.
pub(crate) fn for_moved(
    ground: &Ground<'_>,
    draft: &mut PlanOption<Draft>,
    node: &Node,
    pods: &[&Pod],
) -> Result<(), PlanRefusal> {
    if pods.is_empty() {
        return Ok(());
    }
    let Moved {
        asked,
        fits,
        messages,
        shortfall,
    } = capacity::moved(ground.view.snapshot, node, pods);
    let missing = shortfall
        .iter()
        .map(|lack| format!("{} {} missing", lack.missing, lack.resource));
    let because = missing.chain(messages).collect::<Vec<_>>().join("; ");
    if fits == 0 {
        return Err(PlanRefusal::NoRoom { because });
    }
    let words = if fits >= asked {
        format!("{asked} of {asked} moved Pods find a place on other Nodes")
    } else {
        let waiting = asked - fits;
        format!("{waiting} of {asked} moved Pods stay Pending: {because}")
    };
    draft.preconditions.push(words);
    draft.fit = Some(Fit {
        asked,
        fits,
        shortfall: because,
    });
    Ok(())
}

/// Notes how many of the waiting Pods new Nodes of a pool would take.
pub(crate) fn on_new_nodes(
    ground: &Ground<'_>,
    draft: &mut PlanOption<Draft>,
    (pool, more): (Option<&NodePool>, u32),
    workload: &Target,
) {
    let rollout = ground.rollout(workload).ok();
    let like = pool.and_then(|pool| member(ground, pool));
    let Some((rollout, like)) = rollout.zip(like) else {
        let words = "what the new Nodes are like is not known, so nothing was predicted";
        draft.warnings.push(words.to_owned());
        return;
    };
    let waiting = waiting(ground, rollout);
    let extra = [Extra { like, count: more }];
    if let Some(fit) = predicted(ground, rollout, waiting, &extra).filter(|_| waiting > 0) {
        let because = shortfall(&fit);
        note(draft, waiting, fit.room_min, because);
    }
}

/// The pool and its number of Nodes with which the waiting Pods of a workload, and so many more,
/// find a place; `None` when they find one now, or no pool gives one.
pub(crate) fn nodes_needed<'a>(
    ground: &Ground<'a>,
    rollout: &Rollout<'_>,
    more: i64,
) -> Option<(&'a NodePool, u32)> {
    let most = |pool: &NodePool| {
        let left = pool.max.map(|max| max.saturating_sub(pool.nodes));
        left.unwrap_or(MAX_NEW_NODES)
    };
    let (pool, nodes) = enough(ground, rollout, more, most)?;
    Some((pool, pool.nodes + nodes))
}

/// The pool and the number of new Nodes like its own with which the waiting Pods, and so many more,
/// find a place, whatever its maximum.
pub(crate) fn pool_needed<'a>(
    ground: &Ground<'a>,
    rollout: &Rollout<'_>,
    more: i64,
) -> Option<(&'a NodePool, u32)> {
    enough(ground, rollout, more, |_| MAX_NEW_NODES)
}

/// The pool of which the fewest new Nodes suffice, at most so many of each.
fn enough<'a>(
    ground: &Ground<'a>,
    rollout: &Rollout<'_>,
    more: i64,
    most: impl Fn(&NodePool) -> u32,
) -> Option<(&'a NodePool, u32)> {
    let count = waiting(ground, rollout) + u32::try_from(more).unwrap_or(0);
    let now = predicted(ground, rollout, count, &[])?;
    // Pods that wait although the prediction has room for them wait for something else.
    if count == 0 || now.room_min >= count {
        return None;
    }
    let fewest = |pool: &'a NodePool| {
        let like = member(ground, pool)?;
        let mut tried = 1..=most(pool).min(MAX_NEW_NODES);
        let nodes = tried.find(|nodes| {
            let extra = [Extra {
                like,
                count: *nodes,
            }];
            predicted(ground, rollout, count, &extra).is_some_and(|fit| fit.room_min >= count)
        })?;
        Some((pool, nodes))
    };
    let pools = ground.pools.unwrap_or_default().iter();
    pools.filter_map(fewest).min_by_key(|(_, nodes)| *nodes)
}

fn predicted(
    ground: &Ground<'_>,
    rollout: &Rollout<'_>,
    count: u32,
    extra: &[Extra<'_>],
) -> Option<capacity::Fit> {
    let snapshot = ground.view.snapshot;
    let ask = Ask::of_workload(snapshot, &rollout.object, count)?;
    Some(predict(snapshot, &ask, extra))
}

/// A Node of the pool that new ones will be like.
fn member<'a>(ground: &Ground<'a>, pool: &NodePool) -> Option<&'a Node> {
    let mut members = pool.members.iter();
    members.find_map(|name| ground.view.snapshot.node(name))
}

/// Pods of the workload that have no Node.
pub(crate) fn waiting(ground: &Ground<'_>, rollout: &Rollout<'_>) -> u32 {
    let unplaced = ground.view.unplaced.iter().filter(|unplaced| {
        let of = ground.view.rollout_of(unplaced.suspect.pod);
        of.is_some_and(|of| of.object == rollout.object)
    });
    u32::try_from(unplaced.count()).unwrap_or(u32::MAX)
}
