//! A kubelet that plays what the annotation of a pod says: `sandbox.dogwatch.io/kubelet`.
//!
//! Every step follows from the present status and the clock, so nothing is remembered elsewhere.

mod container;
mod script;

use serde_json::{Value, json};

use super::world::{World, is_leaving, set_condition};
use crate::fields::{condition, is_true, list, object_mut, put, text};
use crate::objects::intake;
use script::Script;

/// Plays every bound pod up to the present instant.
pub(super) fn reconcile(world: &mut World<'_>) {
    for mut pod in world.all("pods") {
        let bound = !text(&pod, "/spec/nodeName").is_empty();
        let ended = matches!(text(&pod, "/status/phase"), "Succeeded" | "Failed");
        if !bound || ended || is_leaving(&pod) {
            continue;
        }
        if text(&pod, "/status/startTime").is_empty() {
            admit(world, &mut pod);
        }
        let script = Script::of(&pod);
        for index in 0..list(&pod, "/status/containerStatuses").len() {
            container::play(world, &mut pod, index, &script);
        }
        summarize(world, &mut pod);
        world.save("pods", &pod);
    }
}

/// First sight of a pod on its node.
fn admit(world: &mut World<'_>, pod: &mut Value) {
    let stamp = world.stamp();
    let node = text(pod, "/spec/nodeName").to_owned();
    let waiting = |container: &Value, reason: &str| {
        json!({"name": container["name"], "image": container["image"], "imageID": "",
            "ready": false, "started": false, "restartCount": 0, "lastState": {},
            "state": {"waiting": {"reason": reason}}})
    };
    let containers = list(pod, "/spec/containers");
    let statuses: Vec<Value> = containers
        .iter()
        .map(|c| waiting(c, "ContainerCreating"))
        .collect();
    let done = |container: &Value| {
        let mut status = waiting(container, "");
        status["ready"] = json!(true);
        status["state"] = json!({"terminated": {"exitCode": 0, "reason": "Completed",
            "startedAt": stamp, "finishedAt": stamp}});
        status
    };
    let inits: Vec<Value> = list(pod, "/spec/initContainers").iter().map(done).collect();
    let uid = intake::uid(&["ip", text(pod, "/metadata/uid")]);
    let byte = |at: usize| u8::from_str_radix(&uid[at..at + 2], 16).unwrap_or(1);
    let ip = format!("10.244.{}.{}", byte(0) % 64, byte(2).max(2));
    let host = format!(
        "192.168.0.{}",
        node.bytes().map(u32::from).sum::<u32>() % 200 + 10
    );
    let status = object_mut(pod, "status");
    status.insert("startTime".to_owned(), json!(stamp));
    status.insert("hostIP".to_owned(), json!(host));
    status.insert("podIP".to_owned(), json!(ip));
    status.insert("podIPs".to_owned(), json!([{"ip": ip}]));
    status.insert("containerStatuses".to_owned(), json!(statuses));
    if !inits.is_empty() {
        status.insert("initContainerStatuses".to_owned(), json!(inits));
    }
    for kind in ["PodReadyToStartContainers", "Initialized"] {
        set_condition(pod, json!({"type": kind, "status": "True"}), &stamp);
    }
    container::announce_pull(world, pod);
}

/// Phase and conditions from the container statuses.
fn summarize(world: &World<'_>, pod: &mut Value) {
    let statuses = list(pod, "/status/containerStatuses");
    let unready: Vec<&str> = statuses
        .iter()
        .filter(|status| !is_true(status, "/ready"))
        .map(|status| text(status, "/name"))
        .collect();
    let ended = |s: &Value| {
        s.pointer("/state/terminated/exitCode")
            .and_then(Value::as_i64)
    };
    let codes: Option<Vec<i64>> = statuses.iter().map(ended).collect();
    let begun = |s: &Value| {
        s.pointer("/state/running").is_some() || s.pointer("/lastState/terminated").is_some()
    };
    let phase = match codes {
        Some(codes) if !codes.is_empty() && codes.iter().all(|code| *code == 0) => "Succeeded",
        Some(codes) if !codes.is_empty() => "Failed",
        _ if statuses.iter().all(begun) => "Running",
        _ => "Pending",
    };
    let message = format!("containers with unready status: [{}]", unready.join(" "));
    let ready = unready.is_empty() && phase == "Running";
    put(pod, &["status", "phase"], json!(phase));
    for kind in ["ContainersReady", "Ready"] {
        let wanted = if ready {
            json!({"type": kind, "status": "True"})
        } else {
            json!({"type": kind, "status": "False", "reason": "ContainersNotReady",
                "message": message})
        };
        let known = condition(pod, kind).is_some_and(|old| {
            text(old, "/status") == text(&wanted, "/status")
                && text(old, "/message") == text(&wanted, "/message")
        });
        if !known {
            set_condition(pod, wanted, &world.stamp());
        }
    }
}
