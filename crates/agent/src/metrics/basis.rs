//! What 100 % of a Pod means.

use dogwatch_model::{
    Basis, Resource,
    snapshot::{Container, Node, Pod, ResourceNeeds},
    wire::{Quantity, Resources},
};

/// The basis of a Pod and its amount in cores or bytes; `None` when there is none to be known.
///
/// A limit counts only when every container that runs all the time has one: what one container
/// without a limit uses would else be measured against the limits of the others.
pub(super) fn of_pod(pod: &Pod, nodes: &[&Node], resource: Resource) -> Option<(Basis, f64)> {
    let name = name(resource)?;
    let limits = whole(pod, |needs| &needs.limits, name);
    let requests = || whole(pod, |needs| &needs.requests, name);
    let node = || {
        let node = nodes.iter().find(|node| node.meta.name == pod.node)?;
        amount(node.status.allocatable.get(name)?)
    };
    limits
        .map(|amount| (Basis::Limit, amount))
        .or_else(|| Some((Basis::Request, requests()?)))
        .or_else(|| Some((Basis::Node, node()?)))
}

/// Of the disk a Pod has no share that metrics of containers could be compared with.
fn name(resource: Resource) -> Option<&'static str> {
    match resource {
        Resource::Cpu => Some("cpu"),
        Resource::Memory => Some("memory"),
        Resource::Disk => None,
    }
}

fn whole(pod: &Pod, part: impl Fn(&ResourceNeeds) -> &Resources, name: &str) -> Option<f64> {
    let running = pod.spec.containers.iter();
    let beside = pod.spec.init_containers.iter().filter(|c| c.is_sidecar());
    let sum = running
        .chain(beside)
        .map(|container: &Container| part(&container.resources).get(name))
        .try_fold(Quantity::default(), |sum, own| Some(sum.plus(own?)))?;
    amount(sum)
}

/// Thousandths as a number to divide by; amounts above some exabytes are none.
fn amount(quantity: Quantity) -> Option<f64> {
    let milli = i64::try_from(quantity.milli()).ok()?;
    let (thousands, rest) = (milli / 1_000_000_000, milli % 1_000_000_000);
    let thousands = f64::from(i32::try_from(thousands).ok()?);
    let rest = f64::from(i32::try_from(rest).ok()?);
    let amount = thousands * 1e6 + rest / 1e3;
    (amount > 0.0).then_some(amount)
}
