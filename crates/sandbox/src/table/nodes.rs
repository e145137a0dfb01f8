//! The table of nodes.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Sheet;
use super::cells::{age, name, text_or};
use super::column::Column;
use crate::fields::{condition, is_true, list, map, text};

pub(super) const SHEET: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Status"),
        Column::text("Roles"),
        Column::text("Age"),
        Column::text("Version"),
        Column::wide("Internal-IP"),
        Column::wide("External-IP"),
        Column::wide("OS-Image"),
        Column::wide("Kernel-Version"),
        Column::wide("Container-Runtime"),
    ],
    cells,
};

fn cells(node: &Value, now: Timestamp) -> Vec<Value> {
    let mut kernel = text(node, "/status/nodeInfo/kernelVersion").to_owned();
    if kernel.is_empty() {
        "<unknown>".clone_into(&mut kernel);
    }
    let architecture = text(node, "/status/nodeInfo/architecture");
    if !architecture.is_empty() {
        kernel = format!("{kernel} ({architecture})");
    }
    vec![
        name(node),
        json!(status(node)),
        json!(roles(node)),
        age(node, now),
        json!(text(node, "/status/nodeInfo/kubeletVersion")),
        json!(address(node, "InternalIP")),
        json!(address(node, "ExternalIP")),
        text_or(node, "/status/nodeInfo/osImage", "<unknown>"),
        json!(kernel),
        text_or(
            node,
            "/status/nodeInfo/containerRuntimeVersion",
            "<unknown>",
        ),
    ]
}

fn status(node: &Value) -> String {
    let ready = match condition(node, "Ready") {
        Some(ready) if text(ready, "/status") == "True" => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    };
    let cordoned = is_true(node, "/spec/unschedulable");
    format!(
        "{ready}{}",
        if cordoned { ",SchedulingDisabled" } else { "" }
    )
}

fn roles(node: &Value) -> String {
    let mut roles = BTreeSet::new();
    for (key, value) in map(node, "/metadata/labels").into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        match key.strip_prefix("node-role.kubernetes.io/") {
            Some(role) if !role.is_empty() => roles.insert(role),
            _ if key == "kubernetes.io/role" && !value.is_empty() => roles.insert(value),
            _ => false,
        };
    }
    let roles: Vec<&str> = roles.into_iter().collect();
    if roles.is_empty() {
        "<none>".to_owned()
    } else {
        roles.join(",")
    }
}

fn address<'a>(node: &'a Value, kind: &str) -> &'a str {
    let found = list(node, "/status/addresses")
        .iter()
        .find(|a| text(a, "/type") == kind);
    found.map_or("<none>", |found| text(found, "/address"))
}
