//! Machines and other things at a provider: which is meant, what a step asks, and whether a Node may
//! go.

use std::collections::BTreeMap;

use dogwatch_model::{
    Kind,
    plan::{Act, Draft, Expectation, PlanOption, PlanRefusal, Step, Target},
    ports::{Cloud, CloudAct, Machine, ManagedCluster, ResourceRef},
    snapshot::{Condition, Node, Pod},
};
use serde_json::json;

use super::{Ground, protection, sketch};
use crate::{capacity, reading::budgets};

/// Nodes taken away at once: more is a capacity project, not a remedy.
pub(super) const MAX_NODES: usize = 5;

/// What the provider has.
pub(super) fn cloud<'a>(ground: &Ground<'a>) -> Result<&'a Cloud, PlanRefusal> {
    ground.cloud.ok_or_else(|| {
        unsupported("no provider of machines is configured (cloud in the configuration)")
    })
}

pub(super) fn unsupported(because: impl Into<String>) -> PlanRefusal {
    PlanRefusal::NotSupported {
        because: because.into(),
    }
}

/// The Node, and the machine that it runs on. Where an id is given it must be that of the machine.
pub(super) fn of_node<'a>(
    ground: &Ground<'a>,
    target: &Target,
    id: &str,
) -> Result<(&'a Node, &'a Machine), PlanRefusal> {
    let cloud = cloud(ground)?;
    ground.needs(Kind::Node)?;
    let node = ground.node(target)?;
    let machine = cloud
        .machine_of(&node.meta.name)
        .ok_or_else(|| unsupported(format!("the provider knows no machine of {target}")))?;
    if !id.is_empty() && machine.id != id {
        let because = format!("{target} runs on machine {}, not on {id}", machine.id);
        return Err(unsupported(because));
    }
    Ok((node, machine))
}

/// The cluster at the provider, when it has exactly this id.
pub(super) fn cluster<'a>(
    ground: &Ground<'a>,
    id: &str,
) -> Result<&'a ManagedCluster, PlanRefusal> {
    let known = cloud(ground)?.cluster.as_ref();
    let known = known.ok_or_else(|| unsupported("the provider does not know this cluster"))?;
    if known.id == id {
        return Ok(known);
    }
    Err(unsupported(format!(
        "the provider knows this cluster as {}, not as {id}",
        known.id
    )))
}

/// What is asked, from one state to another.
pub(super) struct Change<'c> {
    pub(super) act: CloudAct,
    pub(super) id: &'c str,
    pub(super) from: &'c str,
    pub(super) to: &'c str,
}

impl Change<'_> {
    /// The step, with the object whose trouble it ends.
    pub(super) fn step(&self, name: String, target: &Target) -> Step {
        let mut parameters = BTreeMap::new();
        parameters.insert("from".to_owned(), json!(self.from));
        parameters.insert("to".to_owned(), json!(self.to));
        let act = Act::Provider {
            provider: "cloud".to_owned(),
            operation: self.act.word().to_owned(),
            resource: self.id.to_owned(),
            parameters,
        };
        sketch::step(name, target.clone(), act)
    }

    /// What must be there before, in words.
    pub(super) fn before(&self) -> String {
        format!("{} is {} at the provider", self.resource(), self.from)
    }

    /// What must be there afterwards.
    pub(super) fn expectation(&self) -> Expectation {
        Expectation::AtProvider {
            resource: self.resource(),
            state: self.to.to_owned(),
        }
    }

    fn resource(&self) -> ResourceRef {
        ResourceRef {
            kind: self.act.on(),
            id: self.id.to_owned(),
        }
    }
}

/// Notes a change that a provider carries out.
pub(super) fn note(draft: &mut PlanOption<Draft>, change: &Change<'_>, name: String) {
    let target = draft.request.target().cloned();
    let target = target.unwrap_or_else(Target::cluster);
    draft.steps.push(change.step(name, &target));
    draft.preconditions.push(change.before());
    draft.verification.push(change.expectation());
}

/// Refuses to take a Node away that still has something: Pods that an eviction would move, the only
/// copy of a volume, or the control plane.
pub(super) fn ensure_empty(
    ground: &Ground<'_>,
    node: &Node,
    target: &Target,
) -> Result<(), PlanRefusal> {
    let unsafe_as = |because: String| Err(PlanRefusal::Unsafe { because });
    if protection::is_control_plane(&node.meta) {
        return unsafe_as(format!("{target} is a control plane Node"));
    }
    for kind in [Kind::Pod, Kind::PersistentVolume] {
        ground.needs(kind)?;
    }
    if !node.spec.unschedulable {
        return unsafe_as(format!(
            "{target} takes new Pods; drain it first (drain-node)"
        ));
    }
    if let Some(first) = movable(ground, node).next() {
        return unsafe_as(format!(
            "Pod {}/{} still runs on {target}; drain it first (drain-node)",
            first.meta.namespace, first.meta.name
        ));
    }
    let mut volumes = ground.view.snapshot.volumes.iter();
    let lies_there = |affinity: &_| capacity::is_only_on(affinity, ground.view.snapshot, node);
    let kept = volumes.find(|volume| {
        let required = volume.spec.node_affinity.as_ref();
        let required = required.and_then(|affinity| affinity.required.as_ref());
        volume.spec.csi.is_none() && required.is_some_and(lies_there)
    });
    match kept {
        None => Ok(()),
        Some(volume) => unsafe_as(format!(
            "PersistentVolume {} lies on the disk of {target}",
            volume.meta.name
        )),
    }
}

/// Pods that an eviction would move.
pub(super) fn movable<'a>(ground: &Ground<'a>, node: &'a Node) -> impl Iterator<Item = &'a Pod> {
    let pods = ground.view.snapshot.pods.iter();
    pods.filter(|pod| pod.node == *node.meta.name && budgets::is_to_evict(pod))
}

/// Number of Ready Nodes.
pub(super) fn ready_nodes(ground: &Ground<'_>) -> u32 {
    let nodes = ground.view.snapshot.nodes.iter();
    u32::try_from(nodes.filter(|node| is_ready(node)).count()).unwrap_or(u32::MAX)
}

/// True when the kubelet says that it takes Pods.
pub(super) fn is_ready(node: &Node) -> bool {
    node.condition("Ready").is_some_and(Condition::is_true)
}

/// The price of a thing, or that it is not known.
pub(super) fn cost(what: &str, price: Option<&String>) -> String {
    match price {
        Some(price) => format!("{what} costs {price}"),
        None => format!("{what} costs money; the price is not known here"),
    }
}
