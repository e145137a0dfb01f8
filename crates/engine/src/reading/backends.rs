//! The Pods behind each Service, and which Service a host leads to.

use std::collections::{BTreeMap, BTreeSet};

use dogwatch_model::{
    Snapshot,
    snapshot::{Pod, Service, ServicePort},
    wire::IntOrString,
};

/// A Service and the Pods that it selects.
#[derive(Debug)]
pub(crate) struct Backend<'a> {
    pub(crate) service: &'a Service,
    /// Selected Pods in the order of their names; those that ended are left out.
    pub(crate) pods: Vec<&'a Pod>,
    /// True when only Pods that ended are selected.
    pub(crate) has_finished: bool,
}

/// Every Service of a snapshot, sorted by Namespace and name.
#[derive(Debug, Default)]
pub(crate) struct Backends<'a> {
    list: Vec<Backend<'a>>,
    by_address: BTreeMap<&'a str, usize>,
}

/// A host of the cluster, as the parts of its name say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HostName<'t> {
    pub(crate) namespace: &'t str,
    pub(crate) service: &'t str,
    /// Set for the name of one Pod behind a headless Service.
    pub(crate) pod: Option<&'t str>,
    /// The name ends as only names of the cluster do.
    pub(crate) is_full: bool,
}

/// Pods by label value, by label key, by Namespace: of the labels that some Service selects by.
type ByLabel<'a> = BTreeMap<&'a str, BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a Pod>>>>;

impl<'a> Backends<'a> {
    /// Finds the Pods of every Service with one pass over all Pods.
    pub(crate) fn of(snapshot: &'a Snapshot) -> Self {
        let wanted = wanted(snapshot);
        let list: Vec<Backend<'a>> = snapshot
            .services
            .iter()
            .map(|service| backend(service, &wanted))
            .collect();
        let address = |(at, backend): (usize, &Backend<'a>)| {
            let ip = &*backend.service.spec.cluster_ip;
            (!matches!(ip, "" | "None")).then_some((ip, at))
        };
        let by_address = list.iter().enumerate().filter_map(address).collect();
        Self { list, by_address }
    }

    /// Every Service.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Backend<'a>> {
        self.list.iter()
    }

    /// The Service of this name.
    pub(crate) fn get(&self, namespace: &str, name: &str) -> Option<&Backend<'a>> {
        let at = self.list.binary_search_by(|known| {
            let meta = &known.service.meta;
            (&*meta.namespace, &*meta.name).cmp(&(namespace, name))
        });
        at.ok().map(|at| &self.list[at])
    }

    /// The Service that a host leads to, seen from a Namespace.
    pub(crate) fn resolve(&self, host: &str, from: &str) -> Option<&Backend<'a>> {
        if let Some(at) = self.by_address.get(host) {
            return Some(&self.list[*at]);
        }
        let name = host_name(host, from)?;
        self.get(name.namespace, name.service)
    }
}

/// Finds the Pods of every label that a Service selects by.
fn wanted(snapshot: &Snapshot) -> ByLabel<'_> {
    let mut wanted = ByLabel::new();
    for service in &snapshot.services {
        let namespace = wanted.entry(&*service.meta.namespace).or_default();
        for (key, value) in service.spec.selector.iter() {
            namespace.entry(key).or_default().entry(value).or_default();
        }
    }
    for pod in &snapshot.pods {
        let Some(keys) = wanted.get_mut(&*pod.meta.namespace) else {
            continue;
        };
        for (key, values) in keys {
            let value = pod.meta.labels.get(key);
            if let Some(pods) = value.and_then(|value| values.get_mut(value)) {
                pods.push(pod);
            }
        }
    }
    wanted
}

fn backend<'a>(service: &'a Service, wanted: &ByLabel<'a>) -> Backend<'a> {
    let namespace = wanted.get(&*service.meta.namespace);
    let labels = service.spec.selector.iter();
    let lists = labels.filter_map(|(key, value)| namespace?.get(key)?.get(value));
    let shortest = lists.min_by_key(|pods| pods.len());
    let selected: Vec<&'a Pod> = shortest
        .into_iter()
        .flatten()
        .copied()
        .filter(|pod| selects(service, pod))
        .collect();
    let has_any = !selected.is_empty();
    let pods: Vec<&'a Pod> = selected
        .into_iter()
        .filter(|pod| !pod.is_finished())
        .collect();
    Backend {
        service,
        has_finished: has_any && pods.is_empty(),
        pods,
    }
}

fn selects(service: &Service, pod: &Pod) -> bool {
    let mut labels = service.spec.selector.iter();
    labels.all(|(key, value)| pod.meta.labels.get(key) == Some(value))
}

impl<'a> Backend<'a> {
    /// Pods that take requests.
    pub(crate) fn ready(&self) -> impl Iterator<Item = &'a Pod> + '_ {
        let pods = self.pods.iter().copied();
        pods.filter(|pod| pod.is_ready())
    }

    /// True for a Service whose name gives the addresses of its Pods.
    pub(crate) fn is_headless(&self) -> bool {
        self.service.spec.cluster_ip == "None"
    }

    /// True for a Service whose endpoints Kubernetes keeps.
    pub(crate) fn is_selecting(&self) -> bool {
        !self.service.spec.selector.is_empty() && self.service.spec.kind != "ExternalName"
    }

    /// The nodes on which a Pod takes requests.
    pub(crate) fn ready_nodes(&self) -> BTreeSet<&'a str> {
        self.ready().map(|pod| &*pod.node).collect()
    }
}

/// The parts of the name of a Service or of a Pod behind one, seen from a Namespace. A name of one
/// or two parts may as well lead out of the cluster.
pub(crate) fn host_name<'t>(host: &'t str, from: &'t str) -> Option<HostName<'t>> {
    let parts: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.iter().any(|part| part.is_empty()) || parts.iter().all(is_number) {
        return None;
    }
    let name = |namespace, service, pod, is_full| HostName {
        namespace,
        service,
        pod,
        is_full,
    };
    match parts.as_slice() {
        [service] => Some(name(from, *service, None, false)),
        [service, namespace] => Some(name(*namespace, *service, None, false)),
        [service, namespace, "svc", ..] => Some(name(*namespace, *service, None, true)),
        [pod, service, namespace, "svc", ..] => Some(name(*namespace, *service, Some(*pod), true)),
        _ => None,
    }
}

/// The number in a Pod to which a port of a Service leads; `None` for a name that the Pod lacks.
pub(crate) fn target_number(port: &ServicePort, pod: &Pod) -> Option<i64> {
    match &port.target_port {
        None | Some(IntOrString::Int(0)) => Some(port.port),
        Some(IntOrString::Int(number)) => Some(*number),
        Some(IntOrString::Text(name)) => named_port(pod, name, &port.protocol),
    }
}

/// The protocol of a port; TCP when it is not said.
pub(crate) fn protocol(text: &str) -> &str {
    if text.is_empty() { "TCP" } else { text }
}

/// The number of a named port of a Pod; sidecars among the init containers may have it too. Under
/// another protocol the name counts for nothing.
pub(crate) fn named_port(pod: &Pod, name: &str, wanted: &str) -> Option<i64> {
    let sidecars = pod.spec.init_containers.iter();
    let sidecars = sidecars.filter(|container| container.is_sidecar());
    let mut ports = pod
        .spec
        .containers
        .iter()
        .chain(sidecars)
        .flat_map(|container| container.ports.iter());
    let found = ports.find(|port| {
        let is_same = protocol(&port.protocol) == protocol(wanted);
        port.name == *name && is_same
    })?;
    Some(found.container_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_cluster_are_told_from_others() {
        let full = host_name("db.shop.svc.cluster.local.", "web").unwrap();
        assert_eq!(
            (full.namespace, full.service, full.pod),
            ("shop", "db", None)
        );
        let pod = host_name("db-0.db.shop.svc", "web").unwrap();
        assert_eq!((pod.service, pod.pod), ("db", Some("db-0")));
        assert_eq!(host_name("db", "web").unwrap().namespace, "web");
        assert_eq!(host_name("api.example.com", "web"), None);
        assert_eq!(host_name("10.96.0.1", "web"), None);
    }
}
