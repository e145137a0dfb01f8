//! Would so many more Pods fit? Predicted as the API server and the scheduler would decide it.
//!
//! [`predict`] completes the template of the Pods as the API server does, holds it against quotas
//! and limits, and then places the Pods one by one with the default predicates of the scheduler, in
//! their order. Which node is taken where several would do is not predicted: several orders are
//! tried, and what differs between them is told as a range.

mod admission;
mod admitted;
mod amounts;
mod autoscaler;
mod beyond;
mod domains;
mod moving;
mod neighbours;
mod obstacle;
mod placement;
mod ports;
mod preemption;
mod proviso;
mod room;
mod spread;
mod standing;
mod verdict;
mod volumes;
mod world;

use dogwatch_model::{
    Kind, ObjectRef, Snapshot,
    snapshot::{ClaimTemplate, Node, NodeSelector, PodSpec, Template},
    wire::{Labels, Quantity, Text},
};
use serde::Serialize;

pub use admission::{Bound, Rejection};
pub use autoscaler::Autoscaled;
pub(crate) use beyond::{Beyond, beyond};
pub use moving::{Moved, moved};
pub use obstacle::{Obstacle, Unplaceable};
pub use proviso::Proviso;

use admitted::Admitted;
use placement::{Case, Outcome};
use world::World;

/// True when what a selector wants is on this one of the Nodes alone.
pub(crate) fn is_only_on(selector: &NodeSelector, snapshot: &Snapshot, node: &Node) -> bool {
    let is_wanted = |known: &&Node| {
        let labels = &known.meta.labels;
        standing::selects(selector, labels, &known.meta.name)
    };
    let mut wanted = snapshot.nodes.iter().filter(is_wanted);
    wanted
        .next()
        .is_some_and(|only| only.meta.uid == node.meta.uid)
        && wanted.next().is_none()
}

/// What is asked: so many more Pods of one template.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Namespace of the Pods.
    pub namespace: &'a str,
    /// Their labels.
    pub labels: &'a Labels,
    /// Their spec as the template has it, before the API server completes it.
    pub spec: &'a PodSpec,
    /// How many.
    pub count: u32,
    /// The workload that makes them; its autoscaler is looked for.
    pub workload: Option<&'a ObjectRef>,
    /// Claims that each of them gets.
    pub claims: Option<OwnClaims<'a>>,
}

/// Claims that a StatefulSet makes for each Pod.
#[derive(Debug, Clone, Copy)]
pub struct OwnClaims<'a> {
    /// The templates.
    pub templates: &'a [ClaimTemplate],
    /// Name of the StatefulSet.
    pub workload: &'a str,
    /// Number of the first asked Pod; a claim that an earlier Pod of this number left is used again.
    pub first_ordinal: i64,
}

impl<'a> Ask<'a> {
    /// So many Pods of a template without claims of their own.
    pub fn of_template(namespace: &'a str, template: &'a Template, count: u32) -> Self {
        Self {
            namespace,
            labels: &template.labels,
            spec: &template.spec,
            count,
            workload: None,
            claims: None,
        }
    }

    /// So many more Pods of a Deployment, ReplicaSet or StatefulSet; `None` when it was not read.
    pub fn of_workload(
        snapshot: &'a Snapshot,
        workload: &'a ObjectRef,
        count: u32,
    ) -> Option<Self> {
        let namespace = &*workload.namespace;
        let is_meant = |meta: &dogwatch_model::snapshot::Meta| {
            meta.namespace == workload.namespace && meta.name == workload.name
        };
        let mut claims = None;
        let template = match workload.kind {
            Kind::Deployment => {
                let mut known = snapshot.deployments.iter();
                &known.find(|known| is_meant(&known.meta))?.spec.template
            }
            Kind::ReplicaSet => {
                let mut known = snapshot.replica_sets.iter();
                &known.find(|known| is_meant(&known.meta))?.spec.template
            }
            Kind::StatefulSet => {
                let mut known = snapshot.stateful_sets.iter();
                let spec = &known.find(|known| is_meant(&known.meta))?.spec;
                claims = (!spec.volume_claim_templates.is_empty()).then(|| OwnClaims {
                    templates: &spec.volume_claim_templates,
                    workload: &workload.name,
                    first_ordinal: spec.ordinals.start + spec.replicas.unwrap_or(1),
                });
                &spec.template
            }
            _ => return None,
        };
        Some(Self {
            workload: Some(workload),
            claims,
            ..Self::of_template(namespace, template, count)
        })
    }
}

/// Nodes that do not exist yet: like a present one, with its DaemonSet Pods and nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Extra<'a> {
    /// The pattern.
    pub like: &'a Node,
    /// How many.
    pub count: u32,
}

/// What would become of the asked Pods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fit {
    /// Pods that were asked for.
    pub asked: u32,
    /// Pods that the API server lets through.
    pub admitted: u32,
    /// Pods that get a node at least, whatever nodes are taken where several would do.
    pub fits_min: u32,
    /// Pods that get a node at most.
    pub fits_max: u32,
    /// The same as `fits_min` if the API server let all through.
    pub room_min: u32,
    /// The same as `fits_max` if the API server let all through.
    pub room_max: u32,
    /// Why the API server refuses Pods.
    pub admission: Vec<Rejection>,
    /// Why no node is looked at, for the first Pod that does not fit.
    pub unplaceable: Option<Unplaceable>,
    /// What each node has against the first Pod that does not fit; empty when all fit.
    pub nodes: Vec<NodeVerdict>,
    /// What the scheduler would say of the first admitted Pod that does not fit.
    pub message: Option<String>,
    /// What it might say instead, when other nodes are taken where several would do.
    pub other_messages: Vec<String>,
    /// What is missing on the node that lacks least, when resources alone are missing there.
    pub shortfall: Vec<Shortfall>,
    /// Pods that may be driven out for the first Pod that does not fit.
    pub victims: Vec<ObjectRef>,
    /// The autoscaler that would overwrite the number of Pods.
    pub autoscaler: Option<Autoscaled>,
    /// On what all of this depends besides.
    pub conditional: Vec<Proviso>,
}

/// What one node has against the Pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeVerdict {
    /// The node; new ones are called after their pattern, such as `n1+1`.
    pub node: Text,
    /// What the first predicate says that fails; several when several resources are short.
    pub obstacles: Vec<Obstacle>,
}

/// What is missing of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shortfall {
    /// The node that lacks least.
    pub node: Text,
    /// The resource.
    pub resource: Text,
    /// How much is missing for one Pod.
    pub missing: Quantity,
}

impl Fit {
    /// True when all asked Pods get a node in any case, as far as can be seen.
    pub fn is_certain(&self) -> bool {
        self.fits_min == self.asked && self.conditional.is_empty()
    }
}

/// Predicts what would become of so many more Pods, with some more nodes if wanted.
pub fn predict(snapshot: &Snapshot, ask: &Ask<'_>, extra: &[Extra<'_>]) -> Fit {
    predicted(snapshot, ask, extra, &Some)
}

/// The same where some refusals of the API server no longer hold, or hold otherwise.
pub(crate) fn predict_lifted(
    snapshot: &Snapshot,
    ask: &Ask<'_>,
    lift: &dyn Fn(Rejection) -> Option<Rejection>,
) -> Fit {
    predicted(snapshot, ask, &[], lift)
}

fn predicted(
    snapshot: &Snapshot,
    ask: &Ask<'_>,
    extra: &[Extra<'_>],
    lift: &dyn Fn(Rejection) -> Option<Rejection>,
) -> Fit {
    let world = World::new(snapshot, extra);
    let pod = Admitted::new(snapshot, ask);
    let rejections = admission::rejections(snapshot, ask, &pod);
    let admission: Vec<Rejection> = rejections.into_iter().filter_map(lift).collect();
    let admitted = admission::admitted(ask.count, &admission);
    let (case, state) = Case::new(snapshot, &world, ask, &pod);
    let outcomes = case.outcomes(&state, ask.count);
    let placed = || outcomes.iter().map(|outcome| outcome.placed);
    let (room_min, room_max) = (placed().min().unwrap_or(0), placed().max().unwrap_or(0));
    let likely = likely(&outcomes);
    let mut messages = verdict::messages(snapshot, &world, &outcomes, likely, admitted);
    let message = (!messages.is_empty()).then(|| messages.remove(0));
    Fit {
        asked: ask.count,
        admitted,
        fits_min: room_min.min(admitted),
        fits_max: room_max.min(admitted),
        room_min,
        room_max,
        admission,
        unplaceable: verdict::unplaceable(likely),
        nodes: verdict::nodes(&world, likely),
        message,
        other_messages: messages,
        shortfall: verdict::shortfall(&world, likely),
        victims: preemption::victims(&case, &pod, likely),
        autoscaler: ask
            .workload
            .and_then(|workload| autoscaler::of(snapshot, workload)),
        conditional: proviso::of(snapshot, ask, extra, &pod, &case),
    }
}

/// The nodes of a snapshot, looked at once for several Pods.
pub(crate) struct Nodes<'a> {
    snapshot: &'a Snapshot,
    world: World<'a>,
}

impl<'a> Nodes<'a> {
    /// The nodes with what is on them.
    pub(crate) fn of(snapshot: &'a Snapshot) -> Self {
        let world = World::new(snapshot, &[]);
        Self { snapshot, world }
    }

    /// Everything that each node has against one more Pod, in the order of the predicates. The
    /// scheduler stops at the first for each node. `None` when it looks at no node.
    pub(crate) fn against(&self, ask: &Ask<'_>) -> Option<Vec<NodeVerdict>> {
        let pod = Admitted::new(self.snapshot, ask);
        let (case, state) = Case::new(self.snapshot, &self.world, ask, &pod);
        let all = case.all_obstacles(&pod, &state)?;
        let places = self.world.places.iter().zip(all);
        let verdicts = places.map(|(place, obstacles)| NodeVerdict {
            node: place.name.clone(),
            obstacles,
        });
        Some(verdicts.collect())
    }

    /// What each node has against a Pod whatever runs on it: cordon, taints and labels. Pods need not
    /// be read for it.
    pub(crate) fn standing_against(&self, spec: &PodSpec) -> Vec<NodeVerdict> {
        let names = standing::names(spec);
        let places = self.world.places.iter();
        let verdicts = places.map(|place| NodeVerdict {
            node: place.name.clone(),
            obstacles: standing::obstacles(spec, &names, place),
        });
        verdicts.collect()
    }
}

/// The outcome that is told: the one most like the scheduler's unless it hides that Pods may fail.
fn likely<'o, 'a>(outcomes: &'o [Outcome<'a>]) -> &'o Outcome<'a> {
    let first = &outcomes[0];
    if first.stop.is_some() {
        return first;
    }
    let fewest = outcomes.iter().min_by_key(|outcome| outcome.placed);
    fewest.unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use dogwatch_testkit::fixture;

    use super::*;

    /// Nodes with one, two and three things against the Pod.
    const MIXED: &str = r#"
kind: Node
metadata: {name: n1}
status: {allocatable: {cpu: "1", memory: 8Gi, pods: "110"}}
---
kind: Node
metadata: {name: n2}
spec: {unschedulable: true, taints: [{key: node.kubernetes.io/unschedulable, effect: NoSchedule}]}
status: {allocatable: {cpu: "1", memory: 1Gi, pods: "110"}}
---
kind: Node
metadata: {name: n3}
spec: {taints: [{key: team, value: red, effect: NoSchedule}]}
status: {allocatable: {cpu: "8", memory: 32Gi, pods: "110"}}
---
kind: Pod
metadata: {name: api-1}
spec: {containers: [{name: api, image: "reg.example/api:v2", resources: {requests: {cpu: "2", memory: 2Gi}}}]}
status: {phase: Pending}
"#;

    #[test]
    fn all_that_is_against_a_pod_begins_with_what_the_scheduler_says() {
        let snapshot = fixture::snapshot(MIXED);
        let pod = &snapshot.pods[0];
        let ask = Ask {
            namespace: &pod.meta.namespace,
            labels: &pod.meta.labels,
            spec: &pod.spec,
            count: 1,
            workload: None,
            claims: None,
        };
        let all = Nodes::of(&snapshot)
            .against(&ask)
            .expect("nodes are looked at");
        let said = predict(&snapshot, &ask, &[]).nodes;
        let first = |list: &[NodeVerdict]| -> Vec<Option<Obstacle>> {
            let nodes = list.iter();
            nodes.map(|node| node.obstacles.first().cloned()).collect()
        };
        assert_eq!(first(&all), first(&said));
        let words: Vec<Vec<String>> = all
            .iter()
            .map(|node| {
                node.obstacles
                    .iter()
                    .map(|known| known.words(Some(34)))
                    .collect()
            })
            .collect();
        assert_eq!(
            words,
            [
                vec!["Insufficient cpu"],
                vec![
                    "node(s) were unschedulable",
                    "node(s) had untolerated taint {node.kubernetes.io/unschedulable: }",
                    "Insufficient cpu",
                    "Insufficient memory",
                ],
                vec!["node(s) had untolerated taint {team: red}"],
            ]
        );
    }
}
