#![doc = include_str!("resize_workload.md")]

use dogwatch_model::{
    plan::{
        AmountChange, Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest,
        ResourceAmount, Reversibility, Risk, Target,
    },
    snapshot::Container,
    wire::{Quantity, Resources},
};
use serde_json::{Map, Value, json};

use super::{Ground, Remedy, RemedyMeta, ground::check_rolls, room, sketch};
use crate::{reading::scaleups, rollout::Rollout};

/// Other requests and limits.
#[derive(Debug)]
pub(crate) struct ResizeWorkload;

static META: RemedyMeta = RemedyMeta {
    id: "resize-workload",
    does: "Changes requests and limits of a workload's containers; its Pods are replaced.",
    risk: Risk::Medium,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for ResizeWorkload {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("resize_workload.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::ResizeWorkload { workload, changes } = request else {
            return Err(sketch::other_remedy(&META));
        };
        let rollout = ground.rollout(workload)?;
        check_rolls(rollout, workload)?;
        check_vertical(ground, workload)?;
        let Changed { forth, back, words } = changed(ground, rollout, (workload, changes))?;
        if words.is_empty() {
            let because = format!("{workload} has these requests and limits already");
            return Err(PlanRefusal::NothingToDo { because });
        }
        let title = format!("resize {workload}: {}", words.join(", "));
        let scenario = "The containers need more, or less, than they are given.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        let of_containers =
            |list: Vec<Value>| json!({"spec": {"template": {"spec": {"containers": list}}}});
        let template = || {
            (
                Fact::as_read("/spec/template"),
                Fact::as_read("/spec/template"),
            )
        };
        let name = format!("set requests and limits of {workload}");
        draft.steps.push(sketch::change(
            name,
            workload,
            of_containers(forth),
            template(),
        ));
        let name = format!("set the former requests and limits of {workload}");
        draft.rollback.push(sketch::change(
            name,
            workload,
            of_containers(back),
            template(),
        ));
        draft
            .observed
            .push(sketch::relies_on(workload, ground.relied_on(rollout)));
        room::for_replacement(ground, &mut draft, rollout);
        draft.impact.summary.extend(words);
        draft.verification.push(Expectation::RolledOut {
            workload: workload.clone(),
            replicas: rollout.desired,
        });
        Ok(draft)
    }
}

/// Patches of containers, there and back, and what they change in words.
#[derive(Default)]
struct Changed {
    forth: Vec<Value>,
    back: Vec<Value>,
    words: Vec<String>,
}

fn changed(
    ground: &Ground<'_>,
    rollout: &Rollout<'_>,
    (workload, changes): (&Target, &[AmountChange]),
) -> Result<Changed, PlanRefusal> {
    let not = |because: String| Err(PlanRefusal::NotSupported { because });
    let containers = &rollout.workload.template().spec.containers;
    let mut found = Changed::default();
    let mut named: Vec<&str> = Vec::new();
    for change in changes {
        let mut known = containers.iter();
        let Some(container) = known.find(|known| known.name == *change.container) else {
            return not(format!("{workload} has no container {}", change.container));
        };
        if named.contains(&&*change.container) {
            return not(format!("container {} is named twice", change.container));
        }
        named.push(&change.container);
        check(change, container)?;
        check_range(ground, workload, change)?;
        found.forth.push(patch(change));
        found.back.push(patch(&former(change, container)));
        found.words.extend(in_words(change, container));
    }
    Ok(found)
}

/// Resources whose amounts are changed here.
const RESOURCES: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

/// Amounts are quantities above zero, and a request above its limit is never accepted.
fn check(change: &AmountChange, container: &Container) -> Result<(), PlanRefusal> {
    for amount in change.requests.iter().chain(&change.limits) {
        if !RESOURCES.contains(&&*amount.resource) {
            let because = format!(
                "{} is not resized; {} are",
                amount.resource,
                RESOURCES.join(", ")
            );
            return Err(PlanRefusal::NotSupported { because });
        }
        if quantity(amount).is_none_or(|quantity| quantity <= Quantity::default()) {
            let because = format!("\"{}\" is no amount: write 500m or 1Gi", amount.amount);
            return Err(PlanRefusal::NotSupported { because });
        }
    }
    let wanted = |list: &[ResourceAmount], old: &Resources, resource: &str| {
        let new = list.iter().find(|amount| amount.resource == resource);
        new.map_or_else(|| old.get(resource), quantity)
    };
    for resource in RESOURCES {
        let request = wanted(&change.requests, &container.resources.requests, resource);
        let limit = wanted(&change.limits, &container.resources.limits, resource);
        if let (Some(request), Some(limit)) = (request, limit)
            && request > limit
        {
            return Err(PlanRefusal::NotSupported {
                because: format!(
                    "container {}: the {resource} request {request} would be above the limit {limit}",
                    change.container
                ),
            });
        }
    }
    Ok(())
}

fn quantity(amount: &ResourceAmount) -> Option<Quantity> {
    amount.amount.parse().ok()
}

/// A dry run of the workload does not ask the LimitRanges: only its Pods would be turned away.
fn check_range(
    ground: &Ground<'_>,
    workload: &Target,
    change: &AmountChange,
) -> Result<(), PlanRefusal> {
    let ranges = ground.view.snapshot.limit_ranges.iter();
    let mut bounds = ranges
        .filter(|range| *range.meta.namespace == *workload.namespace)
        .flat_map(|range| range.spec.limits.iter().map(move |item| (range, item)))
        .filter(|(_, item)| item.kind == "Container");
    let too = bounds.find_map(|(range, item)| {
        let above = change.limits.iter().find_map(|new| {
            let bound = item.max.get(&new.resource)?;
            (quantity(new)? > bound).then(|| format!("at most {bound} of {}", new.resource))
        });
        let below = || {
            change.requests.iter().find_map(|new| {
                let bound = item.min.get(&new.resource)?;
                (quantity(new)? < bound).then(|| format!("at least {bound} of {}", new.resource))
            })
        };
        let bound = above.or_else(below)?;
        Some(format!(
            "LimitRange {} asks for {bound} in a container",
            range.meta.name
        ))
    });
    too.map_or(Ok(()), |because| Err(PlanRefusal::Quota { because }))
}

/// A vertical autoscaler gives Pods its own requests, whatever the template says.
fn check_vertical(ground: &Ground<'_>, workload: &Target) -> Result<(), PlanRefusal> {
    let mut all = scaleups::vertical(ground.view);
    let owner = all.find(|known| {
        *known.meta.namespace == *workload.namespace
            && known.field("spec.targetRef.kind") == Some(&*workload.kind)
            && known.field("spec.targetRef.name") == Some(&*workload.name)
            && known.field("spec.updatePolicy.updateMode") != Some("Off")
    });
    owner.map_or(Ok(()), |owner| {
        let because = format!(
            "VerticalPodAutoscaler {} gives the Pods of {workload} its own amounts; change its bounds instead",
            owner.meta.name
        );
        Err(PlanRefusal::NotSupported { because })
    })
}

fn patch(change: &AmountChange) -> Value {
    let amounts = |list: &[ResourceAmount]| -> Map<String, Value> {
        list.iter()
            .map(|amount| {
                let value = if amount.amount.is_empty() {
                    Value::Null
                } else {
                    json!(amount.amount)
                };
                (amount.resource.clone(), value)
            })
            .collect()
    };
    let mut resources = Map::new();
    for (key, list) in [("requests", &change.requests), ("limits", &change.limits)] {
        if !list.is_empty() {
            resources.insert(key.to_owned(), Value::Object(amounts(list)));
        }
    }
    json!({"name": change.container, "resources": resources})
}

/// The same fields with the values of now; an empty amount takes the field away.
fn former(change: &AmountChange, container: &Container) -> AmountChange {
    let old = |list: &[ResourceAmount], known: &Resources| {
        list.iter()
            .map(|amount| ResourceAmount {
                resource: amount.resource.clone(),
                amount: known
                    .get(&amount.resource)
                    .map(|old| old.to_string())
                    .unwrap_or_default(),
            })
            .collect()
    };
    AmountChange {
        container: change.container.clone(),
        requests: old(&change.requests, &container.resources.requests),
        limits: old(&change.limits, &container.resources.limits),
    }
}

fn in_words(change: &AmountChange, container: &Container) -> Vec<String> {
    let lists = [
        ("request", &change.requests, &container.resources.requests),
        ("limit", &change.limits, &container.resources.limits),
    ];
    let mut words = Vec::new();
    for (what, list, known) in lists {
        for new in list {
            let old = known.get(&new.resource);
            if old.is_some() && old == new.amount.parse().ok() {
                continue;
            }
            let old = old.map_or("none".to_owned(), |old| old.to_string());
            words.push(format!(
                "{} {} {what} {old} to {}",
                change.container, new.resource, new.amount
            ));
        }
    }
    words
}
