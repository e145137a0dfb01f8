//! Which of the scheduler's reasons decides.
//!
//! For each node the scheduler names the first predicate that fails. A cordoned node that has no room
//! either counts as cordoned only: to uncordon it would change nothing. All predicates are weighed
//! here, as the prediction of fits does, for Pods that wait for more than one reason. Where not all
//! Pods were read, cordon, taints and labels are: they hold of a node whatever runs there.

use std::collections::{BTreeMap, BTreeSet};

use dogwatch_model::{Evidence, Kind, ObjectRef, Snapshot, Uid, snapshot::Pod, wire::Text};

use super::{Predicate, Unplaced};
use crate::{
    capacity::{Ask, NodeVerdict, Nodes, Obstacle},
    cite,
    reading::absence,
};

/// Different templates that are weighed: each costs a look at every Pod of the cluster.
const MAX_TEMPLATES: usize = 50;

/// The taint that goes with a cordon.
const CORDON: &str = "node.kubernetes.io/unschedulable";

/// Finds the reasons that do not decide. Where the weights disagree with the scheduler, something was
/// not seen, and nothing is said.
pub(super) fn weigh(snapshot: &Snapshot, all: &mut [Unplaced<'_>]) {
    let read = |kind| absence::is_proven(&snapshot.ledger, kind, "");
    let is_torn = |unplaced: &Unplaced<'_>| told(unplaced).len() > 1;
    if !all.iter().any(is_torn) || !read(Kind::Node) {
        return;
    }
    let nodes = Nodes::of(snapshot);
    let are_pods_read = read(Kind::Pod);
    let weigh = |pod: &Pod| {
        let verdicts = are_pods_read.then(|| nodes.against(&ask(pod)));
        verdicts.unwrap_or_else(|| Some(nodes.standing_against(&pod.spec)))
    };
    let mut known: BTreeMap<Template, Option<Vec<NodeVerdict>>> = BTreeMap::new();
    for unplaced in all.iter_mut().filter(|unplaced| is_torn(unplaced)) {
        let pod = unplaced.suspect.pod;
        let template = template(pod);
        if !known.contains_key(&template) {
            if known.len() >= MAX_TEMPLATES {
                continue;
            }
            known.insert(template.clone(), weigh(pod));
        }
        let Some(Some(verdicts)) = known.get(&template) else {
            continue;
        };
        let is_same = usize::try_from(unplaced.nodes) == Ok(verdicts.len());
        unplaced.idle = match (are_pods_read, is_same) {
            (true, true) => idle(unplaced, verdicts, true),
            (true, false) => Vec::new(),
            (false, _) => idle(unplaced, &still_so(unplaced, verdicts), false),
        };
    }
}

/// Pods of one owner and version are alike, unless each has claims of its own.
type Template = (Text, Uid, Text);

fn template(pod: &Pod) -> Template {
    let meta = &pod.meta;
    let owner = meta
        .controller()
        .filter(|_| pod.spec.claims().next().is_none());
    match owner {
        Some(owner) => {
            let hash = meta.labels.get("controller-revision-hash");
            let hash = Text::from(hash.unwrap_or_default());
            (meta.namespace.clone(), owner.uid.clone(), hash)
        }
        None => (meta.namespace.clone(), Uid::default(), meta.name.clone()),
    }
}

fn ask(pod: &Pod) -> Ask<'_> {
    Ask {
        namespace: &pod.meta.namespace,
        labels: &pod.meta.labels,
        spec: &pod.spec,
        count: 1,
        workload: None,
        claims: None,
    }
}

/// What the scheduler says.
fn told(unplaced: &Unplaced<'_>) -> BTreeSet<Predicate> {
    let reasons = unplaced.reasons.iter();
    reasons.map(|reason| reason.predicate).collect()
}

/// Nodes that are as the scheduler saw them. Others have come or changed since: in a cluster that grows
/// and shrinks some always have, and what stands of the rest holds all the same.
fn still_so(unplaced: &Unplaced<'_>, verdicts: &[NodeVerdict]) -> Vec<NodeVerdict> {
    let told = told(unplaced);
    let is_told = |verdict: &&NodeVerdict| {
        let first = verdict.obstacles.first();
        first.is_none_or(|known| told.contains(&predicate(known)))
    };
    verdicts.iter().filter(is_told).cloned().collect()
}

/// Predicates without which alone no node takes the Pod, as long as there are others with which one
/// would.
fn idle(
    unplaced: &Unplaced<'_>,
    verdicts: &[NodeVerdict],
    are_pods_read: bool,
) -> Vec<(Predicate, Evidence)> {
    let first = verdicts
        .iter()
        .filter_map(|verdict| verdict.obstacles.first());
    let first: BTreeSet<Predicate> = first.map(predicate).collect();
    let told = told(unplaced);
    let mut nodes = verdicts.iter();
    let is_free = nodes.any(|verdict| verdict.obstacles.is_empty());
    // A node that has nothing against the Pod as it stands is turned down for what runs there.
    let is_explained = !are_pods_read && told.iter().any(|known| !is_standing(*known));
    if !first.is_subset(&told) || is_free && !is_explained {
        return Vec::new();
    }
    let deciding = deciding(&told, verdicts, is_free);
    if deciding.is_empty() {
        return Vec::new();
    }
    let idle = told.into_iter().filter(|wanted| !deciding.contains(wanted));
    idle.filter_map(|wanted| Some((wanted, fact(wanted, verdicts)?)))
        .collect()
}

/// The predicates without which alone some node would take the Pod. That it selects nodes is none
/// while one of those that it means would: the others are not meant.
fn deciding(
    told: &BTreeSet<Predicate>,
    verdicts: &[NodeVerdict],
    is_free: bool,
) -> BTreeSet<Predicate> {
    let decides = |wanted: Predicate| {
        let mut nodes = verdicts.iter();
        nodes.any(|verdict| {
            let mut obstacles = verdict.obstacles.iter().peekable();
            obstacles.peek().is_some() && obstacles.all(|known| predicate(known) == wanted)
        })
    };
    let is_unseen = |wanted: Predicate| is_free && !is_standing(wanted);
    let all = told.iter().copied();
    let mut deciding: BTreeSet<Predicate> = all
        .filter(|wanted| decides(*wanted) || is_unseen(*wanted))
        .collect();
    if deciding.len() > 1 {
        deciding.remove(&Predicate::NodeAffinity);
    }
    deciding
}

/// True for what holds of a node whatever runs there.
fn is_standing(predicate: Predicate) -> bool {
    matches!(
        predicate,
        Predicate::Cordoned | Predicate::UntoleratedTaint | Predicate::NodeAffinity
    )
}

/// What else the first of the nodes has against the Pod.
fn fact(wanted: Predicate, verdicts: &[NodeVerdict]) -> Option<Evidence> {
    let mut nodes = verdicts.iter();
    let found = nodes.find(|verdict| {
        let first = verdict.obstacles.first();
        first.is_some_and(|known| predicate(known) == wanted)
    });
    // The nodes of which the scheduler said it may be gone since.
    let Some(verdict) = found else {
        return meant(verdicts);
    };
    let others = verdict.obstacles.iter();
    let mut words: Vec<String> = others
        .filter(|known| predicate(known) != wanted)
        .map(|known| known.words(None))
        .collect();
    words.dedup();
    if words.is_empty() {
        return meant(verdicts);
    }
    let node = ObjectRef::named(Kind::Node, "", &verdict.node);
    Some(cite::status(
        &node,
        "besides, against the Pod",
        words.join(", "),
    ))
}

/// The first node that the Pod means.
fn meant(verdicts: &[NodeVerdict]) -> Option<Evidence> {
    let is_other = |known: &Obstacle| predicate(known) == Predicate::NodeAffinity;
    let mut nodes = verdicts.iter();
    let verdict = nodes.find(|verdict| !verdict.obstacles.iter().any(is_other))?;
    let node = ObjectRef::named(Kind::Node, "", &verdict.node);
    Some(cite::status(&node, "is meant by the Pod", "true"))
}

/// The predicate of the scheduler's words for an obstacle.
fn predicate(obstacle: &Obstacle) -> Predicate {
    match obstacle {
        Obstacle::Unschedulable => Predicate::Cordoned,
        Obstacle::Taint { key, .. } if *key == *CORDON => Predicate::Cordoned,
        Obstacle::Taint { .. } => Predicate::UntoleratedTaint,
        Obstacle::NotNamed | Obstacle::OtherNode | Obstacle::NodeAffinity => {
            Predicate::NodeAffinity
        }
        Obstacle::HostPort { .. } => Predicate::HostPort,
        Obstacle::TooManyPods { .. } => Predicate::TooManyPods,
        Obstacle::Insufficient { resource, .. } => match &**resource {
            "cpu" => Predicate::InsufficientCpu,
            "memory" => Predicate::InsufficientMemory,
            "ephemeral-storage" => Predicate::InsufficientEphemeralStorage,
            _ => Predicate::InsufficientExtendedResource,
        },
        Obstacle::ClaimInUse { .. } => Predicate::RwopInUse,
        Obstacle::VolumeCount { .. } => Predicate::VolumeCount,
        Obstacle::VolumeNodeAffinity { .. } => Predicate::PvNodeAffinity,
        Obstacle::NoVolume { .. } => Predicate::PvNoneToBind,
        Obstacle::VolumeZone { .. } => Predicate::VolumeZone,
        Obstacle::SpreadLabel { .. } | Obstacle::Spread { .. } => Predicate::TopologySpread,
        Obstacle::PodAffinity { .. } => Predicate::PodAffinity,
        Obstacle::PodAntiAffinity { .. } | Obstacle::OthersAntiAffinity { .. } => {
            Predicate::PodAntiAffinity
        }
    }
}
