#![doc = include_str!("raise_quota.md")]

use dogwatch_model::{
    plan::{
        Draft, Fact, PlanOption, PlanRefusal, RemedyRequest, ResourceAmount, Reversibility, Risk,
        Step, Target,
    },
    snapshot::ResourceQuota,
    wire::Quantity,
};
use serde_json::{Map, Value, json};

use super::{
    Ground, Remedy, RemedyMeta,
    ground::is_same,
    raising::{self, Raise, escaped},
    sketch,
};
use crate::capacity::Rejection;

/// Higher hard limits of a quota.
#[derive(Debug)]
pub(crate) struct RaiseQuota;

static META: RemedyMeta = RemedyMeta {
    id: "raise-quota",
    does: "Raises hard limits of a ResourceQuota for a workload whose Pods it keeps away.",
    risk: Risk::High,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for RaiseQuota {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("raise_quota.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::RaiseQuota {
            quota: target,
            amounts,
            workload,
        } = request
        else {
            return Err(sketch::other_remedy(&META));
        };
        let quota = find(ground, target)?;
        let rollout = ground.rollout(workload)?;
        raising::check_place(target, workload)?;
        let raises = raising::raises(target, &quota.spec.hard, amounts)?;
        let words: Vec<String> = raises.iter().map(Raise::words).collect();
        let title = format!("raise {target}: {}", words.join(", "));
        let scenario =
            "The budget of the Namespace is spent, and the workload is worth more of it.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        draft.steps.push(step(target, &raises, |raise| raise.to));
        draft
            .rollback
            .push(step(target, &raises, |raise| raise.now));
        raising::bind(&mut draft, target, &raises, field);
        let count = raising::refused(ground, rollout);
        let lift = |rejection| lifted(rejection, &quota.meta.name, &raises, count);
        let relief = raising::Relief {
            mode: "quota-exceeded",
            count,
            lift: &lift,
        };
        raising::relieve(ground, &mut draft, (rollout, workload), &relief)?;
        Ok(draft)
    }
}

fn find<'a>(ground: &Ground<'a>, target: &Target) -> Result<&'a ResourceQuota, PlanRefusal> {
    let mut all = ground.view.snapshot.quotas.iter();
    all.find(|known| {
        *known.meta.namespace == *target.namespace
            && *known.meta.name == *target.name
            && is_same(&known.meta, target)
    })
    .ok_or_else(|| PlanRefusal::NotThere {
        object: target.to_string(),
    })
}

fn field(resource: &str) -> String {
    format!("/spec/hard/{}", escaped(resource))
}

/// The API server writes quantities in its own form, so their values are read.
fn step(target: &Target, raises: &[Raise<'_>], to: impl Fn(&Raise<'_>) -> Quantity) -> Step {
    let pairs = raises
        .iter()
        .map(|raise| (raise.resource.to_owned(), json!(to(raise).to_string())));
    let hard: Map<String, Value> = pairs.collect();
    let words = raises
        .iter()
        .map(|raise| format!("{} to {}", raise.resource, to(raise)));
    let name = format!("set {} in {target}", words.collect::<Vec<_>>().join(", "));
    let facts = |field: &str| (Fact::as_read(field), Fact::as_read(field));
    let first = field(raises.first().map_or("", |raise| raise.resource));
    let patch = json!({"spec": {"hard": hard}});
    let mut step = sketch::change(name, target, patch, facts(&first));
    for raise in raises.iter().skip(1) {
        let (before, after) = facts(&field(raise.resource));
        step.expected_before.push(before);
        step.expected_after.push(after);
    }
    step
}

/// What the quota says of so many Pods with its new limits; `None` when it lets all of them through.
fn lifted(rejection: Rejection, name: &str, raises: &[Raise<'_>], count: u32) -> Option<Rejection> {
    let Rejection::Quota {
        quota,
        resource,
        used,
        asked,
        ..
    } = &rejection
    else {
        return Some(rejection);
    };
    let mut all = raises.iter();
    let own = all.find(|raise| *quota == *name && *resource == *raise.resource);
    let Some(raise) = own else {
        return Some(rejection);
    };
    let left = raise.to.milli() - used.milli();
    let shortfall = asked.milli() - left;
    let each = asked.milli() / i128::from(count.max(1));
    let admits = left.max(0).checked_div(each).unwrap_or(0);
    (shortfall > 0).then(|| Rejection::Quota {
        quota: quota.clone(),
        resource: resource.clone(),
        used: *used,
        hard: raise.to,
        asked: *asked,
        shortfall: Quantity::from_milli(shortfall),
        admits: u32::try_from(admits).unwrap_or(u32::MAX),
    })
}

/// The hard limits of a quota with which it lets exactly the Pods through that it refuses now.
pub(crate) fn needed(reasons: &[Rejection], name: &str) -> Vec<ResourceAmount> {
    let of_quota = reasons.iter().filter_map(|rejection| match rejection {
        Rejection::Quota {
            quota,
            resource,
            hard,
            shortfall,
            ..
        } if *quota == *name => Some(ResourceAmount {
            resource: resource.to_string(),
            amount: hard.plus(*shortfall).to_string(),
        }),
        _ => None,
    });
    of_quota.collect()
}
