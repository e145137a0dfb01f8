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

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(containers: &serde_json::Value) -> Pod {
        let spec = serde_json::json!({"nodeName": "n1", "containers": containers});
        serde_json::from_value(serde_json::json!({"metadata": {"name": "a"}, "spec": spec}))
            .unwrap()
    }

    fn node() -> Node {
        let node = serde_json::json!({"metadata": {"name": "n1"},
            "status": {"allocatable": {"cpu": "4", "memory": "8Gi"}}});
        serde_json::from_value(node).unwrap()
    }

    #[test]
    fn a_pod_without_limits_is_measured_all_the_same() {
        let limited = serde_json::json!({"resources": {"limits": {"cpu": "500m"}, "requests": {"cpu": "100m"}}});
        let asking = serde_json::json!({"resources": {"requests": {"cpu": "250m"}}});
        let plain = serde_json::json!({});
        let node = node();
        let of = |containers: &serde_json::Value| of_pod(&pod(containers), &[&node], Resource::Cpu);
        let two = serde_json::json!([limited, limited]);
        assert_eq!(of(&two), Some((Basis::Limit, 1.0)));
        // One container without a limit: the limits of the others are not the limit of the Pod.
        let mixed = serde_json::json!([limited, asking]);
        assert_eq!(of(&mixed), Some((Basis::Request, 0.35)));
        let without = serde_json::json!([asking, plain]);
        assert_eq!(of(&without), Some((Basis::Node, 4.0)));
        assert_eq!(of_pod(&pod(&without), &[], Resource::Cpu), None);
        let memory = of_pod(
            &pod(&serde_json::json!([plain])),
            &[&node],
            Resource::Memory,
        );
        assert_eq!(memory, Some((Basis::Node, 8_589_934_592.0)));
    }
}
