//! How much a Pod asks for, and how much it holds on its node.

use dogwatch_model::{
    snapshot::{Condition, Container, Pod, PodSpec, ResourceNeeds},
    wire::{Quantity, Resources, Text},
};

/// The amount in the unit that the scheduler counts in: thousandths of a CPU, or whole units.
pub(super) fn counted(resource: &str, amount: Quantity) -> i128 {
    if resource == "cpu" {
        amount.milli()
    } else {
        amount.units()
    }
}

/// The inverse of [`counted`].
pub(super) fn quantity(resource: &str, counted: i128) -> Quantity {
    let scale = if resource == "cpu" { 1 } else { 1000 };
    Quantity::from_milli(counted.saturating_mul(scale))
}

/// What the scheduler looks for on a node; other names are for quotas only.
fn is_counted(resource: &str) -> bool {
    matches!(resource, "cpu" | "memory" | "ephemeral-storage")
        || resource.starts_with("hugepages-")
        || resource.contains('/')
}

/// What a Pod as a whole may ask for.
fn is_of_pod(resource: &str) -> bool {
    matches!(resource, "cpu" | "memory") || resource.starts_with("hugepages-")
}

/// Names of the resources that a Pod asks for and that a node has to have, sorted.
pub(super) fn names(spec: &PodSpec) -> Vec<Text> {
    let of_pod = spec.resources.iter().map(|needs| &needs.requests);
    let lists = containers(spec)
        .map(|container| &container.resources.requests)
        .chain(of_pod)
        .chain([&spec.overhead]);
    let mut names: Vec<Text> = lists
        .flat_map(|list| list.iter().map(|(name, _)| Text::from(name)))
        .filter(|name| is_counted(name))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Every container of a Pod.
pub(super) fn containers(spec: &PodSpec) -> impl Iterator<Item = &Container> {
    spec.init_containers.iter().chain(&spec.containers)
}

/// What the scheduler counts for a Pod that has no node yet.
pub(super) fn requested(spec: &PodSpec, resource: &str) -> Quantity {
    let of = |container: &Container| get(&container.resources.requests, resource);
    let total = of_pod(spec, resource, |needs| &needs.requests);
    total
        .unwrap_or_else(|| together(spec, of))
        .plus(get(&spec.overhead, resource))
}

/// The same without what the runtime itself needs.
pub(super) fn of_containers(
    spec: &PodSpec,
    resource: &str,
    pick: fn(&ResourceNeeds) -> &Resources,
) -> Quantity {
    let of = |container: &Container| get(pick(&container.resources), resource);
    of_pod(spec, resource, pick).unwrap_or_else(|| together(spec, of))
}

/// What a Pod holds on its node: while it is resized, the largest of what it asks for, what was set
/// aside and what it has.
pub(super) fn held(pod: &Pod, resource: &str) -> Quantity {
    if !pod
        .container_statuses()
        .any(|status| status.resources.is_some())
    {
        return requested(&pod.spec, resource);
    }
    let spec = &pod.spec;
    let total = of_pod(spec, resource, |needs| &needs.requests);
    total
        .unwrap_or_else(|| together(spec, |container| held_by(pod, container, resource)))
        .plus(get(&spec.overhead, resource))
}

fn held_by(pod: &Pod, container: &Container, resource: &str) -> Quantity {
    let asked = get(&container.resources.requests, resource);
    let is_running = container.is_sidecar() || !is_init(&pod.spec, container);
    let status = pod
        .container_statuses()
        .find(|status| status.name == container.name)
        .filter(|_| is_running);
    let Some((status, actuated)) =
        status.and_then(|status| Some((status, status.resources.as_deref()?)))
    else {
        return asked;
    };
    let has = get(&actuated.requests, resource).max(get(&status.allocated_resources, resource));
    let pending = pod.condition("PodResizePending");
    if pending.is_some_and(|condition: &Condition| condition.reason == "Infeasible") {
        has
    } else {
        has.max(asked)
    }
}

fn is_init(spec: &PodSpec, container: &Container) -> bool {
    spec.init_containers
        .iter()
        .any(|known| core::ptr::eq(known, container))
}

/// The amount of a Pod as a whole, when it is given.
fn of_pod(
    spec: &PodSpec,
    resource: &str,
    pick: fn(&ResourceNeeds) -> &Resources,
) -> Option<Quantity> {
    let needs = spec.resources.as_deref()?;
    pick(needs).get(resource).filter(|_| is_of_pod(resource))
}

/// What the containers need at the busiest moment: all of them with their sidecars, or an init
/// container beside the sidecars that were started before it.
fn together(spec: &PodSpec, of: impl Fn(&Container) -> Quantity) -> Quantity {
    let none = Quantity::default();
    let application = spec
        .containers
        .iter()
        .fold(none, |sum, container| sum.plus(of(container)));
    let (mut sidecars, mut starting) = (none, none);
    for container in &spec.init_containers {
        let own = of(container).plus(sidecars);
        if container.is_sidecar() {
            sidecars = own;
        }
        starting = starting.max(own);
    }
    application.plus(sidecars).max(starting)
}

fn get(resources: &Resources, resource: &str) -> Quantity {
    resources.get(resource).unwrap_or_default()
}
