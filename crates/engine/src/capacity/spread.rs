//! Topology spread: how evenly Pods have to be spread over domains.

use dogwatch_model::{
    snapshot::{Pod, PodSpec, TopologySpread},
    wire::{LabelSelector, Labels, List, SelectorExpression},
};

use super::{
    admitted::Admitted,
    domains::Domains,
    obstacle::Obstacle,
    standing::{is_wanted, untolerated},
    world::{Place, World},
};

/// One constraint that blocks.
pub(super) struct Spread<'a> {
    constraint: &'a TopologySpread,
    domains: Domains,
    /// The Pod itself is one of those that are counted.
    is_self: bool,
    /// Once it is placed, it is counted. An empty selector matches a Pod but counts none.
    is_counted: bool,
    /// Nodes whose Pods are counted.
    eligible: Vec<bool>,
    /// Domains that are compared.
    compared: Vec<bool>,
}

/// How many Pods each domain has.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    pods: Vec<i64>,
    minimum: i64,
}

impl<'a> Spread<'a> {
    /// The constraints of a Pod that block, with the present counts.
    pub(super) fn all(world: &World<'a>, pod: &'a Admitted<'a>) -> Vec<(Self, Counts)> {
        let constraints: Vec<&TopologySpread> = blocking(&pod.spec).collect();
        // A node that lacks the label of one constraint counts for none of them.
        let has_labels = |place: &Place<'_>| {
            let mut keys = constraints.iter().map(|known| &known.topology_key);
            keys.all(|key| place.labels.get(key).is_some())
        };
        let labelled: Vec<bool> = world.places.iter().map(has_labels).collect();
        constraints
            .iter()
            .map(|constraint| Self::new(world, pod, constraint, &labelled))
            .collect()
    }

    fn new(
        world: &World<'a>,
        pod: &'a Admitted<'a>,
        constraint: &'a TopologySpread,
        labelled: &[bool],
    ) -> (Self, Counts) {
        let domains = Domains::new(world, &constraint.topology_key);
        let selector = selector(constraint, pod.labels);
        let places = world.places.iter().enumerate();
        let eligible: Vec<bool> = places
            .map(|(at, place)| labelled[at] && is_included(constraint, &pod.spec, place))
            .collect();
        let mut compared = vec![false; domains.counters().len()];
        for (at, _) in eligible.iter().enumerate().filter(|(_, is)| **is) {
            if let Some(domain) = domains.of(at) {
                compared[domain] = true;
            }
        }
        let is_self = selector
            .as_ref()
            .is_some_and(|known| known.matches(pod.labels));
        let counting = selector.filter(|selector| !selector.is_empty());
        let spread = Self {
            constraint,
            domains,
            is_self,
            is_counted: is_self && counting.is_some(),
            eligible,
            compared,
        };
        let counts = spread.count(world, pod, counting.as_ref());
        (spread, counts)
    }

    fn count(
        &self,
        world: &World<'_>,
        pod: &Admitted<'_>,
        selector: Option<&LabelSelector>,
    ) -> Counts {
        let mut counts = Counts {
            pods: self.domains.counters(),
            minimum: 0,
        };
        let is_counted = |other: &Pod| {
            !other.meta.is_terminating()
                && other.meta.namespace == *pod.namespace
                && selector.is_some_and(|known| known.matches(&other.meta.labels))
        };
        for (at, other) in world.pods().filter(|(at, _)| self.eligible[*at]) {
            if let Some(domain) = self.domains.of(at)
                && is_counted(other)
            {
                counts.pods[domain] += 1;
            }
        }
        counts.minimum = self.minimum(&counts.pods);
        counts
    }

    /// Pods of the emptiest domain; 0 while there are fewer domains than wanted.
    fn minimum(&self, pods: &[i64]) -> i64 {
        let compared = self.compared.iter().filter(|is| **is).count();
        let wanted = self.constraint.min_domains.unwrap_or(1);
        if i64::try_from(compared).is_ok_and(|compared| compared < wanted) {
            return 0;
        }
        let domains = pods.iter().zip(&self.compared);
        let least = domains.filter(|(_, is)| **is).map(|(pods, _)| *pods).min();
        least.unwrap_or(0)
    }

    /// The Pod was placed on a node.
    pub(super) fn placed(&self, place: usize, counts: &mut Counts) {
        if let Some(domain) = self.domains.of(place)
            && self.is_counted
            && self.eligible[place]
        {
            counts.pods[domain] += 1;
            counts.minimum = self.minimum(&counts.pods);
        }
    }

    /// Why the node would upset the balance.
    pub(super) fn obstacle(&self, place: usize, counts: &Counts) -> Option<Obstacle> {
        let key = self.domains.key.clone();
        let Some(domain) = self.domains.of(place) else {
            return Some(Obstacle::SpreadLabel { key });
        };
        let pods = if self.compared[domain] {
            counts.pods[domain]
        } else {
            0
        };
        let skew = pods + i64::from(self.is_self) - counts.minimum;
        (skew > self.constraint.max_skew).then(|| Obstacle::Spread {
            key,
            domain: self.domains.value(domain).clone(),
            pods,
            minimum: counts.minimum,
            max_skew: self.constraint.max_skew,
        })
    }
}

fn blocking(spec: &PodSpec) -> impl Iterator<Item = &TopologySpread> {
    let constraints = spec.topology_spread_constraints.iter();
    constraints.filter(|known| known.when_unsatisfiable != "ScheduleAnyway")
}

/// True when a node's Pods are counted and its domain is compared.
fn is_included(constraint: &TopologySpread, spec: &PodSpec, place: &Place<'_>) -> bool {
    let honors_affinity = constraint.node_affinity_policy != "Ignore";
    let honors_taints = constraint.node_taints_policy == "Honor";
    (!honors_affinity || is_wanted(spec, place))
        && (!honors_taints || untolerated(spec, &place.taints).is_none())
}

/// The selector with the values that the Pod has for some of its labels.
fn selector(constraint: &TopologySpread, labels: &Labels) -> Option<LabelSelector> {
    let selector = constraint.label_selector.as_ref()?;
    let shared = constraint.match_label_keys.iter().filter_map(|key| {
        Some(SelectorExpression {
            key: key.clone(),
            operator: "In".into(),
            values: List::from(vec![labels.get(key)?.into()]),
        })
    });
    let own = selector.match_expressions.iter().cloned();
    Some(LabelSelector {
        match_labels: selector.match_labels.clone(),
        match_expressions: own.chain(shared).collect(),
    })
}
