//! ResourceQuota: whether a namespace has room for one more pod.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::quantity;
use super::world::World;
use crate::fields::{list, map, object_mut, text};

/// Charges a new pod to the quotas of its namespace, or says which quota refuses it.
pub(super) fn admit(world: &mut World<'_>, pod: &Value) -> Result<(), String> {
    let namespace = text(pod, "/metadata/namespace");
    let quotas: Vec<Value> = world
        .all("resourcequotas")
        .into_iter()
        .filter(|quota| text(quota, "/metadata/namespace") == namespace)
        .collect();
    if quotas.is_empty() {
        return Ok(());
    }
    let mut used = BTreeMap::new();
    let ended = |pod: &Value| matches!(text(pod, "/status/phase"), "Succeeded" | "Failed");
    for other in world.all("pods") {
        if text(&other, "/metadata/namespace") == namespace && !ended(&other) {
            charge(&mut used, &other);
        }
    }
    let mut wanted = BTreeMap::new();
    charge(&mut wanted, pod);
    for quota in &quotas {
        refuse_over(quota, &used, &wanted)?;
    }
    for (resource, amount) in wanted {
        *used.entry(resource).or_default() += amount;
    }
    for mut quota in quotas {
        let hard = quota.pointer("/spec/hard").cloned().unwrap_or_default();
        let current: BTreeMap<&str, String> = map(&quota, "/spec/hard")
            .into_iter()
            .flatten()
            .filter_map(|(r, _)| Some((r.as_str(), quantity::format(*used.get(normal(r))?))))
            .collect();
        let current = json!(current);
        let status = object_mut(&mut quota, "status");
        status.insert("hard".to_owned(), hard);
        status.insert("used".to_owned(), current);
        world.save("resourcequotas", &quota);
    }
    Ok(())
}

/// `cpu` and `memory` are other words for their requests.
fn normal(resource: &str) -> &str {
    match resource {
        "cpu" => "requests.cpu",
        "memory" => "requests.memory",
        "count/pods" => "pods",
        other => other,
    }
}

fn charge(used: &mut BTreeMap<String, i128>, pod: &Value) {
    *used.entry("pods".to_owned()).or_default() += 1000;
    for container in list(pod, "/spec/containers") {
        for side in ["requests", "limits"] {
            for (resource, amount) in map(container, &format!("/resources/{side}"))
                .into_iter()
                .flatten()
            {
                *used.entry(format!("{side}.{resource}")).or_default() += quantity::parse(amount);
            }
        }
    }
}

fn refuse_over(
    quota: &Value,
    used: &BTreeMap<String, i128>,
    wanted: &BTreeMap<String, i128>,
) -> Result<(), String> {
    let (mut requested, mut in_use, mut limited) = (Vec::new(), Vec::new(), Vec::new());
    for (resource, hard) in map(quota, "/spec/hard").into_iter().flatten() {
        let amount = wanted.get(normal(resource)).copied().unwrap_or(0);
        let before = used.get(normal(resource)).copied().unwrap_or(0);
        let hard = quantity::parse(hard);
        if amount > 0 && before + amount > hard {
            requested.push(format!("{resource}={}", quantity::format(amount)));
            in_use.push(format!("{resource}={}", quantity::format(before)));
            limited.push(format!("{resource}={}", quantity::format(hard)));
        }
    }
    if requested.is_empty() {
        return Ok(());
    }
    Err(format!(
        "exceeded quota: {}, requested: {}, used: {}, limited: {}",
        text(quota, "/metadata/name"),
        requested.join(","),
        in_use.join(","),
        limited.join(",")
    ))
}
