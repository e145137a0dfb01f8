//! Which services run on nodes. Kubernetes has no API for that and the sources no common form:
//! troubleshoot lists the units of one machine, case folders map nodes to services to states or list
//! them with all three named. A name counts as a node only when the recording holds that Node.

use std::collections::BTreeSet;

use dogwatch_model::{Kind, NodeService};
use serde_json::{Map, Value};

use super::catalog::Catalog;

/// Services that are kept of one recording.
const MAX_SERVICES: usize = 20_000;

/// Fields that name the machine, the unit and its state.
const NODE: &[&str] = &["node", "nodeName", "node_name", "hostname", "host"];
const UNIT: &[&str] = &[
    "unit",
    "Unit",
    "service",
    "serviceName",
    "service_name",
    "name",
];
const STATE: &[&str] = &[
    "Active",
    "active",
    "ActiveState",
    "active_state",
    "state",
    "State",
    "status",
    "Status",
    "running",
    "is_running",
    "is_active",
    "output",
    "result",
];

/// Characters between the node and the unit where both stand in one name.
const BETWEEN: &[char] = &['/', '|', ':', '@', ','];

/// Units that a cluster is made of. Where a name could be anything, only these are taken as units.
const KNOWN: &[&str] = &[
    "kubelet",
    "containerd",
    "docker",
    "dockerd",
    "cri-docker",
    "crio",
    "cri-o",
    "kube-proxy",
    "kube-scheduler",
    "kube-controller-manager",
    "kube-apiserver",
    "etcd",
];

/// Every service whose node and state are known.
pub(crate) fn read(catalog: &Catalog) -> Vec<NodeService> {
    let nodes = catalog.kinds.get(&Kind::Node).into_iter();
    let nodes: BTreeSet<&str> = nodes
        .flat_map(|record| &record.objects)
        .map(|node| &*node.name)
        .collect();
    let only = nodes.first().copied().filter(|_| nodes.len() == 1);
    let mut reader = Reader {
        nodes,
        found: Vec::new(),
    };
    for (path, file) in &catalog.node_services {
        // troubleshoot keeps the files of several machines in folders of their names.
        let named = path.split('/').find(|part| reader.nodes.contains(part));
        reader.walk(
            file,
            Place {
                node: named.or(only),
                unit: None,
            },
        );
    }
    reader.found
}

/// What the names on the way to a value say.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    node: Option<&'a str>,
    unit: Option<&'a str>,
}

struct Reader<'a> {
    nodes: BTreeSet<&'a str>,
    found: Vec<NodeService>,
}

impl Reader<'_> {
    fn walk(&mut self, value: &Value, place: Place<'_>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.walk(item, place)),
            Value::Object(map) => self.walk_map(map, place),
            Value::String(state) => self.add(place, state),
            Value::Bool(state) => self.add(place, &state.to_string()),
            Value::Null | Value::Number(_) => {}
        }
    }

    fn walk_map(&mut self, map: &Map<String, Value>, place: Place<'_>) {
        let named = text(map, NODE).filter(|name| self.nodes.contains(name));
        let unit = text(map, UNIT).or(place.unit);
        let place = Place {
            node: named.or(place.node),
            unit,
        };
        let state = STATE.iter().find_map(|field| match map.get(*field)? {
            Value::String(state) => Some(state.clone()),
            Value::Bool(state) => Some(state.to_string()),
            _ => None,
        });
        if let Some(state) = state.filter(|_| unit.is_some()) {
            return self.add(place, &state);
        }
        for (key, value) in map {
            if let Some(inner) = self.named(key, place) {
                self.walk(value, inner);
            } else if value.is_object() || value.is_array() {
                self.walk(value, place);
            }
        }
    }

    /// What a key says besides what is known.
    fn named<'k>(&self, key: &'k str, place: Place<'k>) -> Option<Place<'k>> {
        if self.nodes.contains(key) {
            let node = Some(key);
            return Some(Place { node, ..place });
        }
        if is_known(key) {
            let unit = Some(key);
            return Some(Place { unit, ..place });
        }
        let (first, second) = key.split_once(BETWEEN)?;
        let (node, unit) = if self.nodes.contains(first) {
            (first, second)
        } else {
            (second, first)
        };
        (self.nodes.contains(node) && is_known(unit)).then_some(Place {
            node: Some(node),
            unit: Some(unit),
        })
    }

    fn add(&mut self, place: Place<'_>, state: &str) {
        let (Some(node), Some(unit)) = (place.node, place.unit) else {
            return;
        };
        if self.found.len() < MAX_SERVICES {
            self.found.extend(NodeService::said(node, unit, state));
        }
    }
}

fn is_known(unit: &str) -> bool {
    KNOWN.contains(&unit.trim_end_matches(".service"))
}

fn text<'a>(map: &'a Map<String, Value>, fields: &[&str]) -> Option<&'a str> {
    fields.iter().find_map(|field| map.get(*field)?.as_str())
}
