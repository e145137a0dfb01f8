//! Affinity between Pods: who must be near, and who must not.

use std::collections::{BTreeMap, BTreeSet};

use dogwatch_model::{
    Snapshot,
    snapshot::{Affinity, Namespace, Pod, PodAffinity, PodAffinityTerm},
    wire::{LabelSelector, Labels, Text},
};

use super::{admitted::Admitted, domains::Domains, obstacle::Obstacle, world::World};
use crate::cite;

/// What the Pod wants of its neighbours, and what they want of it.
pub(super) struct Neighbours<'a> {
    /// Pods that must be near.
    towards: Vec<Term<'a>>,
    /// Pods that must not be near.
    away: Vec<Term<'a>>,
    /// The Pod is itself one of those that must be near.
    is_own_neighbour: bool,
    /// Domains whose Pods do not want this one near.
    closed: Vec<Closed<'a>>,
}

struct Term<'a> {
    domains: Domains,
    selector: Option<&'a LabelSelector>,
    namespaces: Reach<'a>,
    /// The Pod itself is one of those that are meant.
    is_self: bool,
}

/// Domains of one label whose Pods do not want the Pod near.
struct Closed<'a> {
    domains: Domains,
    by: Vec<Option<&'a Pod>>,
}

/// Pods that are meant, by term and domain.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    towards: Vec<Vec<i64>>,
    /// At least one Pod that must be near is in some domain.
    has_friends: bool,
    away: Vec<Vec<i64>>,
}

/// The Namespaces that a term speaks of.
enum Reach<'a> {
    All,
    Only(BTreeSet<&'a str>),
}

impl Reach<'_> {
    fn has(&self, namespace: &str) -> bool {
        match self {
            Reach::All => true,
            Reach::Only(names) => names.contains(namespace),
        }
    }
}

impl<'a> Neighbours<'a> {
    /// The terms of a Pod with the present counts.
    pub(super) fn new(
        snapshot: &'a Snapshot,
        world: &World<'a>,
        pod: &'a Admitted<'a>,
    ) -> (Self, Counts) {
        let term = |term: &'a PodAffinityTerm| Term::new(snapshot, world, pod, term);
        let towards: Vec<Term<'a>> = required(pod.spec.affinity.as_ref(), |affinity| {
            &affinity.pod_affinity
        })
        .map(term)
        .collect();
        let away: Vec<Term<'a>> = required(pod.spec.affinity.as_ref(), |affinity| {
            &affinity.pod_anti_affinity
        })
        .map(term)
        .collect();
        let neighbours = Self {
            is_own_neighbour: !towards.is_empty() && towards.iter().all(|term| term.is_self),
            closed: closed(snapshot, world, pod),
            towards,
            away,
        };
        let counts = neighbours.count(world);
        (neighbours, counts)
    }

    fn count(&self, world: &World<'_>) -> Counts {
        let counters =
            |terms: &[Term<'_>]| terms.iter().map(|term| term.domains.counters()).collect();
        let mut counts = Counts {
            towards: counters(&self.towards),
            away: counters(&self.away),
            has_friends: false,
        };
        if self.towards.is_empty() && self.away.is_empty() {
            return counts;
        }
        for (at, other) in world.pods() {
            let meta = &other.meta;
            let is_meant = |term: &Term<'_>| term.means(&meta.namespace, &meta.labels);
            if self.towards.iter().all(is_meant) {
                self.add_friend(at, &mut counts);
            }
            for (term, counts) in self.away.iter().zip(&mut counts.away) {
                if is_meant(term) {
                    term.add(counts, at);
                }
            }
        }
        counts
    }

    /// The Pod was placed on a node.
    pub(super) fn placed(&self, place: usize, counts: &mut Counts) {
        if self.is_own_neighbour {
            self.add_friend(place, counts);
        }
        for (term, counts) in self.away.iter().zip(&mut counts.away) {
            if term.is_self {
                term.add(counts, place);
            }
        }
    }

    /// A Pod that must be near is on a node.
    fn add_friend(&self, place: usize, counts: &mut Counts) {
        for (term, counted) in self.towards.iter().zip(&mut counts.towards) {
            counts.has_friends |= term.domains.of(place).is_some();
            term.add(counted, place);
        }
    }

    /// True when it matters for further Pods on which node this one is.
    pub(super) fn ties(&self) -> bool {
        self.is_own_neighbour || self.away.iter().any(|term| term.is_self)
    }

    /// True when the first Pod decides where all the others have to be.
    pub(super) fn follows_the_first(&self, counts: &Counts) -> bool {
        self.is_own_neighbour && !counts.has_friends
    }

    /// The domain in which all later Pods are when the first is on this node.
    pub(super) fn home(&self, place: usize) -> Option<usize> {
        self.towards.first()?.domains.of(place)
    }

    /// Why the neighbours of the node do not suit.
    pub(super) fn obstacle(&self, place: usize, counts: &Counts) -> Option<Obstacle> {
        self.far_from_friends(place, counts)
            .or_else(|| near_to_foes(&self.away, place, &counts.away))
            .or_else(|| self.unwanted(place))
    }

    fn far_from_friends(&self, place: usize, counts: &Counts) -> Option<Obstacle> {
        let terms = || self.towards.iter().zip(&counts.towards);
        let far = |term: &Term<'_>| Obstacle::PodAffinity {
            key: term.domains.key.clone(),
        };
        if let Some((term, _)) = terms().find(|(term, _)| term.domains.of(place).is_none()) {
            return Some(far(term));
        }
        let (term, _) = terms().find(|(term, counts)| {
            let domain = term.domains.of(place);
            domain.is_none_or(|domain| counts[domain] == 0)
        })?;
        (!self.follows_the_first(counts)).then(|| far(term))
    }

    fn unwanted(&self, place: usize) -> Option<Obstacle> {
        self.closed.iter().find_map(|closed| {
            let domain = closed.domains.of(place)?;
            let pod = closed.by[domain]?;
            Some(Obstacle::OthersAntiAffinity {
                key: closed.domains.key.clone(),
                pod: cite::pod(pod),
            })
        })
    }
}

fn near_to_foes(terms: &[Term<'_>], place: usize, counts: &[Vec<i64>]) -> Option<Obstacle> {
    let mut terms = terms.iter().zip(counts);
    let (term, _) = terms.find(|(term, counts)| {
        let domain = term.domains.of(place);
        domain.is_some_and(|domain| counts[domain] > 0)
    })?;
    Some(Obstacle::PodAntiAffinity {
        key: term.domains.key.clone(),
    })
}

impl<'a> Term<'a> {
    fn new(
        snapshot: &'a Snapshot,
        world: &World<'a>,
        pod: &'a Admitted<'a>,
        term: &'a PodAffinityTerm,
    ) -> Self {
        let mut known = Self {
            domains: Domains::new(world, &term.topology_key),
            selector: term.label_selector.as_ref(),
            namespaces: reach(snapshot, term, pod.namespace),
            is_self: false,
        };
        known.is_self = known.means(pod.namespace, pod.labels);
        known
    }

    fn means(&self, namespace: &str, labels: &Labels) -> bool {
        self.selector
            .is_some_and(|selector| selector.matches(labels))
            && self.namespaces.has(namespace)
    }

    fn add(&self, counts: &mut [i64], place: usize) {
        if let Some(domain) = self.domains.of(place) {
            counts[domain] += 1;
        }
    }
}

fn reach<'a>(snapshot: &'a Snapshot, term: &'a PodAffinityTerm, own: &'a str) -> Reach<'a> {
    let Some(selector) = &term.namespace_selector else {
        return Reach::Only(if term.namespaces.is_empty() {
            BTreeSet::from([own])
        } else {
            term.namespaces.iter().map(|name| &**name).collect()
        });
    };
    if selector.is_empty() {
        return Reach::All;
    }
    let selected = snapshot
        .namespaces
        .iter()
        .filter(|namespace| selector.matches(&namespace.meta.labels))
        .map(|namespace| &*namespace.meta.name);
    let named = term.namespaces.iter().map(|name| &**name);
    Reach::Only(selected.chain(named).collect())
}

/// Required terms of one sort.
fn required(
    affinity: Option<&Affinity>,
    pick: fn(&Affinity) -> &Option<PodAffinity>,
) -> impl Iterator<Item = &PodAffinityTerm> {
    let terms = affinity.and_then(|affinity| pick(affinity).as_ref());
    terms.into_iter().flat_map(|terms| terms.required.iter())
}

/// Domains whose Pods do not want this one near.
fn closed<'a>(snapshot: &'a Snapshot, world: &World<'a>, pod: &Admitted<'_>) -> Vec<Closed<'a>> {
    let own = snapshot
        .namespaces
        .iter()
        .find(|namespace| namespace.meta.name == *pod.namespace);
    let mut by_key: BTreeMap<&Text, Closed<'a>> = BTreeMap::new();
    for (at, other) in world
        .pods()
        .filter(|(_, other)| other.spec.affinity.is_some())
    {
        let terms = required(other.spec.affinity.as_ref(), |affinity| {
            &affinity.pod_anti_affinity
        });
        for term in terms.filter(|term| rejects(term, other, pod, own)) {
            let closed = by_key.entry(&term.topology_key).or_insert_with(|| {
                let domains = Domains::new(world, &term.topology_key);
                let by = vec![None; domains.counters().len()];
                Closed { domains, by }
            });
            if let Some(domain) = closed.domains.of(at) {
                closed.by[domain].get_or_insert(other);
            }
        }
    }
    by_key.into_values().collect()
}

/// True when the term of another Pod speaks of this one.
fn rejects(
    term: &PodAffinityTerm,
    other: &Pod,
    pod: &Admitted<'_>,
    own: Option<&Namespace>,
) -> bool {
    let selector = term.label_selector.as_ref();
    if !selector.is_some_and(|selector| selector.matches(pod.labels)) {
        return false;
    }
    let is_named = term.namespaces.iter().any(|name| *name == *pod.namespace);
    match &term.namespace_selector {
        None if term.namespaces.is_empty() => other.meta.namespace == *pod.namespace,
        None => is_named,
        Some(selector) if selector.is_empty() => true,
        Some(selector) => is_named || own.is_some_and(|own| selector.matches(&own.meta.labels)),
    }
}
