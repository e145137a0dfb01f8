//! Which lists are merged by a key instead of being replaced.

use serde_json::{Map, Value};

use crate::kinds::Kind;

/// How a list of a built-in kind is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strategy {
    /// The new list replaces the old one.
    Replace,
    /// A set of scalars.
    Set,
    /// Items with the same value under this key are one item.
    By(&'static str),
}

/// The strategy of the list `field` whose items look like `sample`.
pub(super) fn strategy(kind: &Kind, field: &str, sample: Option<&Value>) -> Strategy {
    match field {
        "finalizers" => return Strategy::Set,
        "ownerReferences" => return Strategy::By("uid"),
        _ if kind.custom => return Strategy::Replace,
        _ => {}
    }
    match field {
        "containers"
        | "initContainers"
        | "ephemeralContainers"
        | "env"
        | "volumes"
        | "imagePullSecrets"
        | "resourceClaims"
        | "schedulingGates"
        | "webhooks" => Strategy::By("name"),
        "secrets" if kind.kind == "ServiceAccount" => Strategy::By("name"),
        "volumeMounts" => Strategy::By("mountPath"),
        "volumeDevices" => Strategy::By("devicePath"),
        "conditions" => Strategy::By("type"),
        "addresses" if kind.kind == "Node" => Strategy::By("type"),
        "hostAliases" | "podIPs" | "hostIPs" => Strategy::By("ip"),
        "topologySpreadConstraints" => Strategy::By("topologyKey"),
        "ports" if sample.is_some_and(|port| port.get("containerPort").is_some()) => {
            Strategy::By("containerPort")
        }
        "ports" if kind.kind == "Service" => Strategy::By("port"),
        _ => Strategy::Replace,
    }
}

/// The identifying fields of an item, as server-side apply writes them into field paths.
pub(super) fn item_key(key: &str, item: &Value) -> Option<Map<String, Value>> {
    let mut fields = Map::new();
    fields.insert(key.to_owned(), item.get(key)?.clone());
    if matches!(key, "containerPort" | "port") {
        let protocol = item
            .get("protocol")
            .cloned()
            .unwrap_or_else(|| "TCP".into());
        fields.insert("protocol".to_owned(), protocol);
    }
    Some(fields)
}
