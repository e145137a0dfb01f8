//! ReplicaSets: pods made, pods removed, status.

use serde_json::{Value, json};

use super::quota;
use super::world::{News, World, after, is_leaving, owner_reference, set_condition};
use crate::fields::{bounded as count, condition, condition_true, int, object_mut, put, text};
use crate::objects::intake;

const SETS: &str = "replicasets.apps";
/// Seconds after which a refused creation is tried again.
const RETRY: i64 = 30;

/// Brings every ReplicaSet to its number of pods.
pub(super) fn reconcile(world: &mut World<'_>) {
    for mut set in world.all(SETS) {
        if !is_leaving(&set) {
            let pods = living_pods(world, &set);
            let wanted = usize::try_from(
                int(&set, "/spec/replicas")
                    .unwrap_or(1)
                    .clamp(0, super::MOST_REPLICAS),
            )
            .unwrap_or(0);
            if pods.len() < wanted {
                add(world, &mut set, wanted - pods.len());
            } else {
                clear_failure(&mut set);
                shrink(world, &set, pods, wanted);
            }
            write_status(world, &mut set);
            world.save(SETS, &set);
        }
    }
}

fn living_pods(world: &World<'_>, set: &Value) -> Vec<Value> {
    let ended = |pod: &Value| matches!(text(pod, "/status/phase"), "Succeeded" | "Failed");
    let mut pods = world.owned("pods", set);
    pods.retain(|pod| !is_leaving(pod) && !ended(pod));
    pods
}

fn clear_failure(set: &mut Value) {
    if let Some(conditions) = set
        .pointer_mut("/status/conditions")
        .and_then(Value::as_array_mut)
    {
        conditions.retain(|c| text(c, "/type") != "ReplicaFailure");
    }
}

fn add(world: &mut World<'_>, set: &mut Value, missing: usize) {
    if let Some(failure) = condition(set, "ReplicaFailure") {
        let again = after(text(failure, "/lastTransitionTime"), RETRY);
        if again > world.now {
            world.wake_at(again);
            return;
        }
        clear_failure(set);
    }
    for _ in 0..missing {
        let pod = new_pod(world, set);
        if let Err(refusal) = quota::admit(world, &pod) {
            let message = format!(
                "pods \"{}\" is forbidden: {refusal}",
                text(&pod, "/metadata/name")
            );
            let failure = json!({"type": "ReplicaFailure", "status": "True",
                "reason": "FailedCreate", "message": message});
            set_condition(set, failure, &world.stamp());
            report(
                world,
                set,
                "FailedCreate",
                &format!("Error creating: {message}"),
            );
            world.wake_at(after(&world.stamp(), RETRY));
            return;
        }
        let pod = world.create("pods", pod);
        let message = format!("Created pod: {}", text(&pod, "/metadata/name"));
        report(world, set, "SuccessfulCreate", &message);
    }
    clear_failure(set);
}

fn report(world: &mut World<'_>, set: &Value, reason: &str, message: &str) {
    let news = News {
        warning: reason == "FailedCreate",
        reason,
        message,
        component: "replicaset-controller",
        container: "",
    };
    world.emit(SETS, set, &news);
}

fn new_pod(world: &mut World<'_>, set: &Value) -> Value {
    let name = text(set, "/metadata/name");
    let serial = world.serial().to_string();
    let suffix = intake::suffix(&[text(set, "/metadata/uid"), &serial]);
    let template = set.pointer("/spec/template").cloned().unwrap_or_default();
    let mut metadata = template
        .get("metadata")
        .cloned()
        .unwrap_or_else(|| json!({}));
    put(&mut metadata, &["name"], json!(format!("{name}-{suffix}")));
    put(&mut metadata, &["generateName"], json!(format!("{name}-")));
    put(
        &mut metadata,
        &["namespace"],
        json!(text(set, "/metadata/namespace")),
    );
    put(
        &mut metadata,
        &["ownerReferences"],
        owner_reference("apps/v1", "ReplicaSet", set),
    );
    json!({"metadata": metadata, "spec": template["spec"],
        "status": {"phase": "Pending", "qosClass": "BestEffort"}})
}

/// Removes surplus pods: those without a node, then unready ones, then the rest.
fn shrink(world: &mut World<'_>, set: &Value, mut pods: Vec<Value>, wanted: usize) {
    let surplus = pods.len() - wanted;
    pods.sort_by_key(|pod| {
        (
            !text(pod, "/spec/nodeName").is_empty(),
            condition_true(pod, "Ready"),
        )
    });
    for pod in pods.into_iter().take(surplus) {
        if condition_true(&pod, "ContainersReady") {
            let container = text(&pod, "/spec/containers/0/name").to_owned();
            let news = News {
                warning: false,
                reason: "Killing",
                message: &format!("Stopping container {container}"),
                component: "kubelet",
                container: &container,
            };
            world.emit("pods", &pod, &news);
        }
        world.remove("pods", &pod);
        let message = format!("Deleted pod: {}", text(&pod, "/metadata/name"));
        report(world, set, "SuccessfulDelete", &message);
    }
}

fn write_status(world: &mut World<'_>, set: &mut Value) {
    let pods = living_pods(world, set);
    let wait = count(set, "/spec/minReadySeconds");
    let (mut ready, mut available) = (0, 0);
    for pod in &pods {
        let Some(state) = condition(pod, "Ready").filter(|c| text(c, "/status") == "True") else {
            continue;
        };
        ready += 1;
        let settled = after(text(state, "/lastTransitionTime"), wait);
        if settled <= world.now {
            available += 1;
        } else {
            world.wake_at(settled);
        }
    }
    let generation = set
        .pointer("/metadata/generation")
        .cloned()
        .unwrap_or(json!(1));
    let status = object_mut(set, "status");
    for (field, value) in [
        ("replicas", pods.len()),
        ("fullyLabeledReplicas", pods.len()),
        ("readyReplicas", ready),
        ("availableReplicas", available),
    ] {
        status.insert(field.to_owned(), json!(value));
    }
    status.insert("observedGeneration".to_owned(), generation);
}
