#![doc = include_str!("resize_workload.md")]

use dogwatch_model::{
    plan::{
        AmountChange, Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest,
        ResourceAmount, Reversibility, Risk,
    },
    snapshot::Container,
    wire::{Quantity, Resources},
};
use serde_json::{Map, Value, json};

use super::{Ground, Remedy, RemedyMeta, room, sketch};

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
        let spec = &rollout.workload.template().spec;
        let mut forth = Vec::new();
        let mut back = Vec::new();
        let mut words = Vec::new();
        for change in changes {
            let container = spec
                .containers
                .iter()
                .find(|known| known.name == *change.container);
            let container = container.ok_or_else(|| PlanRefusal::NotSupported {
                because: format!("{workload} has no container {}", change.container),
            })?;
            check(change, container)?;
            forth.push(patch(change));
            back.push(patch(&former(change, container)));
            words.extend(in_words(change, container));
        }
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
        draft.observed.push(sketch::relies_on(
            workload,
            &["/spec/template", "/spec/replicas"],
        ));
        room::for_replacement(ground, &mut draft, rollout);
        draft.impact.summary.extend(words);
        draft.verification.push(Expectation::RolledOut {
            workload: workload.clone(),
            replicas: rollout.desired,
        });
        Ok(draft)
    }
}

/// A request above its limit is never accepted.
fn check(change: &AmountChange, container: &Container) -> Result<(), PlanRefusal> {
    let wanted =
        |list: &[ResourceAmount], old: &Resources, resource: &str| {
            let new = list.iter().find(|amount| amount.resource == resource);
            match new {
                Some(new) => new.amount.parse::<Quantity>().map(Some).map_err(|_| {
                    PlanRefusal::NotSupported {
                        because: format!("\"{}\" is no quantity: write 500m or 1Gi", new.amount),
                    }
                }),
                None => Ok(old.get(resource)),
            }
        };
    for resource in ["cpu", "memory", "ephemeral-storage"] {
        let request = wanted(&change.requests, &container.resources.requests, resource)?;
        let limit = wanted(&change.limits, &container.resources.limits, resource)?;
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
