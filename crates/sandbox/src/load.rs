//! A generated cluster for benches: realistic in shape and size, the same for the same seed.

mod faulty;
mod pod;
mod workload;

use serde_json::Value;

pub use faulty::{Faults, Mode, Planted};

/// Pods of one Deployment.
const PODS_PER_APP: usize = 10;
/// Deployments of one namespace.
const APPS_PER_NAMESPACE: usize = 20;
/// Pods of one node.
const PODS_PER_NODE: usize = 50;
/// When everything was created.
pub(crate) const CREATED: &str = "2026-03-01T08:00:00Z";

/// The objects of a healthy cluster: Namespaces, Nodes, and for each ten pods a Deployment, its
/// ReplicaSet, a Service, an EndpointSlice and an Event. Pods are about 5 kB each.
pub fn cluster(pods: usize, seed: u64) -> impl Iterator<Item = Value> {
    cluster_with(pods, seed, Faults::default())
}

/// The same cluster with planted faults; [`planted`] tells where they are.
pub fn cluster_with(pods: usize, seed: u64, faults: Faults) -> impl Iterator<Item = Value> {
    let apps = pods.div_ceil(PODS_PER_APP);
    let namespaces = (0..apps.div_ceil(APPS_PER_NAMESPACE)).map(workload::namespace);
    let nodes = (0..pods.div_ceil(PODS_PER_NODE).max(1)).map(workload::node);
    let modes = faulty::modes(apps, seed, faults);
    let apps = (0..apps).flat_map(move |index| {
        let size = PODS_PER_APP.min(pods - index * PODS_PER_APP);
        App {
            index,
            seed,
            size,
            fault: modes.get(&index).copied(),
        }
        .objects()
    });
    namespaces.chain(nodes).chain(apps)
}

/// Where [`cluster_with`] puts the faults, in order of namespace index.
pub fn planted(pods: usize, seed: u64, faults: Faults) -> Vec<Planted> {
    let modes = faulty::modes(pods.div_ceil(PODS_PER_APP), seed, faults);
    let place = |(index, mode): (usize, Mode)| {
        let app = App {
            index,
            seed,
            size: 1,
            fault: Some(mode),
        };
        Planted {
            namespace: app.namespace(),
            deployment: app.name(),
            pod: app.pod_name(0),
            mode,
        }
    };
    modes.into_iter().map(place).collect()
}

/// One Deployment with everything that belongs to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct App {
    index: usize,
    seed: u64,
    size: usize,
    /// What is wrong with the first pod.
    fault: Option<Mode>,
}

impl App {
    fn namespace(&self) -> String {
        format!("team-{:03}", self.index / APPS_PER_NAMESPACE)
    }

    fn name(&self) -> String {
        format!("app-{:05}", self.index)
    }

    /// A deterministic uid of something in this app.
    fn uid(&self, what: &str) -> String {
        crate::objects::intake::uid(&[&self.seed.to_string(), &self.name(), what])
    }

    fn replica_set(&self) -> String {
        format!("{}-{}", self.name(), &self.uid("template")[..8])
    }

    fn pod_name(&self, pod: usize) -> String {
        let seed = self.seed.to_string();
        let suffix = crate::objects::intake::suffix(&[&seed, &self.name(), &pod.to_string()]);
        format!("{}-{suffix}", self.replica_set())
    }

    fn node(&self, pod: usize) -> String {
        format!(
            "node-{:04}",
            (self.index * PODS_PER_APP + pod) / PODS_PER_NODE
        )
    }

    fn ready(&self) -> usize {
        self.size - usize::from(self.fault.is_some())
    }

    fn objects(self) -> impl Iterator<Item = Value> {
        let pods = (0..self.size).map(move |pod| pod::object(&self, pod));
        [
            workload::deployment(&self),
            workload::replica_set(&self),
            workload::service(&self),
            workload::endpoint_slice(&self),
            faulty::event(&self),
        ]
        .into_iter()
        .chain(pods)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::text;

    #[test]
    fn the_cluster_has_the_asked_size_and_repeats() {
        let count = |kind: &str| cluster(95, 7).filter(|o| text(o, "/kind") == kind).count();
        assert_eq!(
            (count("Pod"), count("Deployment"), count("Node")),
            (95, 10, 2)
        );
        assert!(cluster(30, 7).eq(cluster(30, 7)));
        assert!(!cluster(30, 7).eq(cluster(30, 8)));
    }

    #[test]
    fn pods_are_about_five_kilobytes() {
        let pod = cluster(1, 1)
            .find(|o| text(o, "/kind") == "Pod")
            .unwrap()
            .to_string();
        assert!((4000..6500).contains(&pod.len()), "{} bytes", pod.len());
    }

    #[test]
    fn planted_faults_are_where_they_are_said_to_be() {
        let faults = Faults {
            crash_loops: 2,
            image_pulls: 1,
            ..Faults::default()
        };
        let places = planted(200, 3, faults);
        assert_eq!(places.len(), 3);
        let objects: Vec<Value> = cluster_with(200, 3, faults).collect();
        for place in places {
            let pod = objects
                .iter()
                .find(|o| text(o, "/kind") == "Pod" && text(o, "/metadata/name") == place.pod);
            let ready = pod
                .unwrap()
                .pointer("/status/containerStatuses/0/ready")
                .unwrap();
            assert_eq!(ready, false, "{place:?}");
        }
    }
}
