//! What the init system of a node says, where somebody looked.

use dogwatch_model::{Kind, NodeService, snapshot::Node};

use super::Hit;
use crate::{cite, view::View};

/// A unit of a node that should run and does not. Of units that stand in for each other, such as
/// container runtimes, the one that the kubelet names counts, or else one that runs is enough.
pub(super) fn stopped<'a>(view: &View<'a>, node: &'a Node, units: &[&str]) -> Option<Hit<'a>> {
    let mut known = of_node(view, node).filter(|service| units.contains(&&*service.unit));
    let runtime = &node.status.node_info.container_runtime_version;
    let runtime = runtime.split_once("://").map_or("", |(name, _)| name);
    let told: Vec<&NodeService> = known.by_ref().collect();
    let used = told
        .iter()
        .find(|service| is_unit_of(&service.unit, runtime));
    let down = match used {
        Some(used) => !used.is_running,
        None => !told.iter().any(|service| service.is_running),
    };
    let unit = used.or(told.first()).filter(|_| down)?;
    let object = cite::object(Kind::Node, &node.meta);
    Some(Hit {
        detail: &unit.unit,
        since: None,
        evidence: vec![cite::status(
            &object,
            &format!("service {}", unit.unit),
            &unit.state,
        )],
    })
}

fn of_node<'a>(view: &View<'a>, node: &Node) -> impl Iterator<Item = &'a NodeService> {
    let name = node.meta.name.clone();
    let services = view.snapshot.node_services.iter();
    services.filter(move |service| service.node == *name)
}

/// The kubelet writes `cri-o`, the unit is `crio`.
fn is_unit_of(unit: &str, runtime: &str) -> bool {
    !runtime.is_empty() && unit.replace('-', "") == runtime.replace('-', "")
}
