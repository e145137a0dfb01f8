//! The scheduler: requests, taints, node selectors; what fits where, and why not.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::quantity;
use super::world::{News, World, is_leaving, set_condition};
use crate::fields::{condition, is_true, list, map, put, text};
use crate::selectors::LabelSelector;

/// Binds every waiting pod that fits somewhere.
pub(super) fn reconcile(world: &mut World<'_>) {
    let pods = world.all("pods");
    let nodes = world.all("nodes");
    for mut pod in pods {
        let gated = !list(&pod, "/spec/schedulingGates").is_empty();
        let bound = !text(&pod, "/spec/nodeName").is_empty();
        if bound || gated || is_leaving(&pod) || text(&pod, "/status/phase") != "Pending" {
            continue;
        }
        let placed = world.all("pods");
        match choose(world, &pod, &nodes, &placed) {
            Ok(node) => bind(world, &mut pod, &node),
            Err(message) => refuse(world, &mut pod, &message),
        }
        world.save("pods", &pod);
    }
}

fn bind(world: &mut World<'_>, pod: &mut Value, node: &str) {
    put(pod, &["spec", "nodeName"], json!(node));
    set_condition(
        pod,
        json!({"type": "PodScheduled", "status": "True"}),
        &world.stamp(),
    );
    let namespace = text(pod, "/metadata/namespace");
    let name = text(pod, "/metadata/name");
    let message = format!("Successfully assigned {namespace}/{name} to {node}");
    report(world, pod, "Scheduled", &message);
}

fn refuse(world: &mut World<'_>, pod: &mut Value, message: &str) {
    let known = condition(pod, "PodScheduled").is_some_and(|c| text(c, "/message") == message);
    if known {
        return;
    }
    let refused = json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
        "message": message});
    set_condition(pod, refused, &world.stamp());
    report(world, pod, "FailedScheduling", message);
}

fn report(world: &mut World<'_>, pod: &Value, reason: &str, message: &str) {
    let warning = reason == "FailedScheduling";
    let component = "default-scheduler";
    world.emit(
        "pods",
        pod,
        &News {
            warning,
            reason,
            message,
            component,
            container: "",
        },
    );
}

/// The fitting node with the most free CPU, or the scheduler's sentence.
fn choose(
    world: &World<'_>,
    pod: &Value,
    nodes: &[Value],
    placed: &[Value],
) -> Result<String, String> {
    let total = nodes.len();
    if total == 0 {
        return Err("no nodes available to schedule pods".to_owned());
    }
    let namespace = text(pod, "/metadata/namespace");
    for volume in list(pod, "/spec/volumes") {
        let claim = text(volume, "/persistentVolumeClaim/claimName");
        if !claim.is_empty() && !world.exists("persistentvolumeclaims", namespace, claim) {
            let cause = format!("persistentvolumeclaim \"{claim}\" not found");
            return Err(sentence(total, &BTreeMap::from([(cause, total)]), 0));
        }
    }
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut best: Option<(i128, &str)> = None;
    let mut full = 0;
    for node in nodes {
        match misfits(pod, node, placed) {
            Ok(free) => {
                if best.is_none_or(|(most, _)| free > most) {
                    best = Some((free, text(node, "/metadata/name")));
                }
            }
            Err(found) => {
                let resources = ["Insufficient", "Too many pods"];
                full += usize::from(
                    found
                        .iter()
                        .any(|r| resources.iter().any(|p| r.starts_with(p))),
                );
                for reason in found {
                    *reasons.entry(reason).or_default() += 1;
                }
            }
        }
    }
    best.map(|(_, name)| name.to_owned())
        .ok_or_else(|| sentence(total, &reasons, full))
}

fn sentence(total: usize, reasons: &BTreeMap<String, usize>, full: usize) -> String {
    let mut parts: Vec<String> = reasons
        .iter()
        .map(|(r, count)| format!("{count} {r}"))
        .collect();
    parts.sort();
    let mut preemption = Vec::new();
    if full > 0 {
        preemption.push(format!(
            "{full} No preemption victims found for incoming pod"
        ));
    }
    if total > full {
        preemption.push(format!(
            "{} Preemption is not helpful for scheduling",
            total - full
        ));
    }
    format!(
        "0/{total} nodes are available: {}. preemption: 0/{total} nodes are available: {}.",
        parts.join(", "),
        preemption.join(", ")
    )
}

/// Free CPU after placing the pod, or every reason of the first filter that fails.
fn misfits(pod: &Value, node: &Value, placed: &[Value]) -> Result<i128, Vec<String>> {
    if is_true(node, "/spec/unschedulable") {
        return Err(vec!["node(s) were unschedulable".to_owned()]);
    }
    if list(node, "/spec/taints")
        .iter()
        .any(|taint| !tolerated(pod, taint))
    {
        return Err(vec!["node(s) had untolerated taint(s)".to_owned()]);
    }
    if !selected(pod, node) {
        return Err(vec![
            "node(s) didn't match Pod's node affinity/selector".to_owned(),
        ]);
    }
    let name = text(node, "/metadata/name");
    let ended = |pod: &Value| matches!(text(pod, "/status/phase"), "Succeeded" | "Failed");
    let here: Vec<&Value> = placed
        .iter()
        .filter(|p| text(p, "/spec/nodeName") == name && !ended(p))
        .collect();
    let room = |resource: &str| {
        let size = node.pointer(&format!("/status/allocatable/{resource}"))?;
        let used: i128 = here.iter().map(|p| request(p, resource)).sum();
        Some(quantity::parse(size) - used)
    };
    let mut reasons = Vec::new();
    let slots = quantity::parse(
        node.pointer("/status/allocatable/pods")
            .unwrap_or(&json!("110")),
    );
    if i128::try_from(here.len()).unwrap_or(0) * 1000 >= slots {
        reasons.push("Too many pods".to_owned());
    }
    for resource in ["cpu", "memory"] {
        let wanted = request(pod, resource);
        if wanted > 0 && room(resource).is_some_and(|room| wanted > room) {
            reasons.push(format!("Insufficient {resource}"));
        }
    }
    if reasons.is_empty() {
        Ok(room("cpu").unwrap_or(0))
    } else {
        Err(reasons)
    }
}

fn request(pod: &Value, resource: &str) -> i128 {
    let pointer = format!("/resources/requests/{resource}");
    let containers = list(pod, "/spec/containers").iter();
    containers
        .filter_map(|c| c.pointer(&pointer))
        .map(quantity::parse)
        .sum()
}

fn tolerated(pod: &Value, taint: &Value) -> bool {
    if text(taint, "/effect") == "PreferNoSchedule" {
        return true;
    }
    list(pod, "/spec/tolerations").iter().any(|toleration| {
        let effect = text(toleration, "/effect");
        let key = text(toleration, "/key");
        let exists = text(toleration, "/operator") == "Exists";
        (effect.is_empty() || effect == text(taint, "/effect"))
            && (key == text(taint, "/key") || (key.is_empty() && exists))
            && (exists || text(toleration, "/value") == text(taint, "/value"))
    })
}

fn selected(pod: &Value, node: &Value) -> bool {
    let labels: BTreeMap<String, String> = map(node, "/metadata/labels")
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    let plain = map(pod, "/spec/nodeSelector").into_iter().flatten();
    let mut plain = plain.map(|(key, value)| (key, value.as_str().unwrap_or_default()));
    let required = "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution\
        /nodeSelectorTerms";
    let terms = list(pod, required);
    plain.all(|(key, value)| labels.get(key).is_some_and(|found| found == value))
        && (terms.is_empty()
            || terms
                .iter()
                .any(|term| LabelSelector::from_spec(term).matches(&labels)))
}
