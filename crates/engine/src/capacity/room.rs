//! What a node has left: resources, places for Pods, ports.

use dogwatch_model::{snapshot::Pod, wire::Text};

use super::{
    admitted::Admitted,
    amounts::{counted, held, names, quantity, requested},
    obstacle::Obstacle,
    ports::{HostPort, taken},
    world::Place,
};

/// What one Pod takes of a node.
#[derive(Debug)]
pub(super) struct Needs {
    /// Resources with amounts above zero, sorted by name.
    resources: Vec<(Text, i128)>,
    ports: Vec<HostPort>,
}

/// What a node has left.
#[derive(Debug, Clone)]
pub(super) struct Room {
    /// For each resource that the Pod needs: free, and there in all.
    resources: Vec<(i128, i128)>,
    pods: i64,
    allowed_pods: i64,
    ports: Vec<HostPort>,
}

impl Needs {
    pub(super) fn new(pod: &Admitted<'_>) -> Self {
        let amount = |name: &Text| counted(name, requested(&pod.spec, name));
        let all = names(&pod.spec)
            .into_iter()
            .map(|name| (amount(&name), name));
        Self {
            resources: all
                .filter(|(amount, _)| *amount > 0)
                .map(|(amount, name)| (name, amount))
                .collect(),
            ports: taken(&pod.spec).collect(),
        }
    }
}

impl Room {
    /// What is left beside the Pods of the node and those for which room was made on it.
    pub(super) fn new(place: &Place<'_>, needs: &Needs, pod: &Admitted<'_>) -> Self {
        let priority = pod.priority.unwrap_or(0);
        let goes_first = |other: &&&Pod| other.spec.priority.unwrap_or(0) >= priority;
        let nominated = place.nominated.iter().filter(goes_first);
        Self::with(place, needs, place.pods.iter().chain(nominated).copied())
    }

    /// What is left beside these Pods.
    fn with<'a>(place: &Place<'_>, needs: &Needs, pods: impl Iterator<Item = &'a Pod>) -> Self {
        let allocatable = &place.node.status.allocatable;
        let all = |name: &str| counted(name, allocatable.get(name).unwrap_or_default());
        let mut room = Self {
            resources: needs
                .resources
                .iter()
                .map(|(name, _)| (all(name), all(name)))
                .collect(),
            pods: 0,
            allowed_pods: i64::try_from(all("pods")).unwrap_or(i64::MAX),
            ports: Vec::new(),
        };
        for pod in pods {
            room.add(needs, pod);
        }
        room
    }

    /// A Pod is on the node.
    pub(super) fn add(&mut self, needs: &Needs, pod: &Pod) {
        self.pods += 1;
        for ((name, _), (free, _)) in needs.resources.iter().zip(&mut self.resources) {
            *free -= counted(name, held(pod, name));
        }
        if !needs.ports.is_empty() {
            self.ports.extend(taken(&pod.spec));
        }
    }

    /// The inverse of adding a Pod.
    pub(super) fn remove(&mut self, needs: &Needs, pod: &Pod) {
        self.pods -= 1;
        for ((name, _), (free, _)) in needs.resources.iter().zip(&mut self.resources) {
            *free += counted(name, held(pod, name));
        }
        for port in taken(&pod.spec) {
            if let Some(at) = self.ports.iter().position(|known| *known == port) {
                self.ports.swap_remove(at);
            }
        }
    }

    /// One of the asked Pods is placed on the node.
    pub(super) fn take(&mut self, needs: &Needs) {
        self.pods += 1;
        for ((_, amount), (free, _)) in needs.resources.iter().zip(&mut self.resources) {
            *free -= amount;
        }
        self.ports.extend(needs.ports.iter().cloned());
    }

    /// What of the room does not do: ports first, then everything that is too little.
    pub(super) fn obstacles(&self, needs: &Needs) -> Vec<Obstacle> {
        let collides = |port: &&HostPort| self.ports.iter().any(|taken| taken.collides(port));
        if let Some(port) = needs.ports.iter().find(collides) {
            return vec![Obstacle::HostPort {
                port: port.port,
                protocol: port.protocol.clone(),
            }];
        }
        let mut found = Vec::new();
        if self.pods >= self.allowed_pods {
            found.push(Obstacle::TooManyPods {
                pods: self.pods,
                allowed: self.allowed_pods,
            });
        }
        let all = needs.resources.iter().zip(&self.resources);
        let short = all.filter(|((_, amount), (free, _))| amount > free);
        found.extend(short.map(
            |((name, amount), (free, allocatable))| Obstacle::Insufficient {
                resource: name.clone(),
                requested: quantity(name, *amount),
                free: quantity(name, *free),
                allocatable: quantity(name, *allocatable),
            },
        ));
        found
    }

    /// How much is left, in thousandths of the whole, over all resources that matter; where none
    /// does, places for Pods.
    pub(super) fn left(&self) -> i128 {
        if self.resources.is_empty() {
            return i128::from(self.allowed_pods - self.pods);
        }
        let shares = self.resources.iter();
        shares
            .map(|(free, allocatable)| free * 1000 / (*allocatable).max(1))
            .sum()
    }
}
