//! The status of a Deployment: counts, Available, Progressing with its deadline, ReplicaFailure.

use serde_json::{Value, json};

use super::desired;
use crate::controllers::rollout::Margins;
use crate::controllers::world::{World, after, set_condition};
use crate::fields::{bounded as count, condition, int, object_mut, text};

/// Writes replica counts and conditions.
pub(super) fn write(
    world: &mut World<'_>,
    deployment: &mut Value,
    sets: &[Value],
    new: Option<usize>,
) {
    let sum = |field: &str| sets.iter().map(|set| count(set, field)).sum::<i64>();
    let new = new.map(|at| &sets[at]);
    let before = deployment.get("status").cloned().unwrap_or_default();
    let replicas = sum("/status/replicas");
    let available = sum("/status/availableReplicas");
    let updated = new.map_or(0, |set| count(set, "/status/replicas"));
    let generation = deployment
        .pointer("/metadata/generation")
        .cloned()
        .unwrap_or(json!(1));
    let missing = (sets.iter().map(desired).sum::<i64>() - available).max(0);
    let status = object_mut(deployment, "status");
    for (field, value) in [
        ("replicas", replicas),
        ("updatedReplicas", updated),
        ("readyReplicas", sum("/status/readyReplicas")),
        ("availableReplicas", available),
        ("unavailableReplicas", missing),
    ] {
        status.insert(field.to_owned(), json!(value));
    }
    status.insert("observedGeneration".to_owned(), generation);
    write_available(world, deployment, available);
    write_progress(world, deployment, &before, new);
    let failure = sets
        .iter()
        .find_map(|set| condition(set, "ReplicaFailure").cloned());
    match failure {
        Some(failure) => drop(set_condition(deployment, failure, &world.stamp())),
        None => {
            if let Some(conditions) = deployment["status"]["conditions"].as_array_mut() {
                conditions.retain(|c| text(c, "/type") != "ReplicaFailure");
            }
        }
    }
}

fn write_available(world: &World<'_>, deployment: &mut Value, available: i64) {
    let wanted = desired(deployment);
    let enough = available >= wanted - Margins::of(deployment, wanted).unavailable;
    let (status, reason, message) = if enough {
        (
            "True",
            "MinimumReplicasAvailable",
            "Deployment has minimum availability.",
        )
    } else {
        (
            "False",
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.",
        )
    };
    let kept = condition(deployment, "Available").filter(|old| text(old, "/status") == status);
    let stamp = world.stamp();
    let updated = kept.map_or(stamp.clone(), |old| text(old, "/lastUpdateTime").to_owned());
    let wanted = json!({"type": "Available", "status": status, "reason": reason,
        "message": message, "lastUpdateTime": updated});
    set_condition(deployment, wanted, &stamp);
}

fn write_progress(
    world: &mut World<'_>,
    deployment: &mut Value,
    before: &Value,
    new: Option<&Value>,
) {
    let deadline = int(deployment, "/spec/progressDeadlineSeconds").unwrap_or(600);
    let stamp = world.stamp();
    let old = condition(deployment, "Progressing").cloned();
    let old_reason = old.as_ref().map_or("", |old| text(old, "/reason"));
    let set = new.map_or("", |set| text(set, "/metadata/name"));
    let now = |field: &str| count(deployment, &format!("/status/{field}"));
    let wanted = desired(deployment);
    let complete = now("updatedReplicas") == wanted
        && now("replicas") == wanted
        && now("availableReplicas") == wanted;
    let old_count = |status: &Value| count(status, "/replicas") - count(status, "/updatedReplicas");
    let status = deployment["status"].clone();
    let grew = ["updatedReplicas", "readyReplicas", "availableReplicas"]
        .iter()
        .any(|field| now(field) > count(before, &format!("/{field}")))
        || old_count(&status) < old_count(before);
    let fresh = new.is_some_and(|set| text(set, "/metadata/creationTimestamp") == stamp);
    let since = old
        .as_ref()
        .map_or("", |old| text(old, "/lastUpdateTime"))
        .to_owned();
    let (state, reason, message) = if crate::fields::is_true(deployment, "/spec/paused") {
        (
            "Unknown",
            "DeploymentPaused",
            "Deployment is paused".to_owned(),
        )
    } else if complete {
        let message = format!("ReplicaSet \"{set}\" has successfully progressed.");
        ("True", "NewReplicaSetAvailable", message)
    } else if fresh && since != stamp && !grew {
        (
            "True",
            "NewReplicaSetCreated",
            format!("Created new replica set \"{set}\""),
        )
    } else if grew || matches!(old_reason, "" | "DeploymentPaused") {
        (
            "True",
            "ReplicaSetUpdated",
            format!("ReplicaSet \"{set}\" is progressing."),
        )
    } else if old_reason == "NewReplicaSetAvailable" {
        // A finished rollout that lost pods is no new rollout.
        return;
    } else if after(&since, deadline) <= world.now {
        let message = format!("ReplicaSet \"{set}\" has timed out progressing.");
        ("False", "ProgressDeadlineExceeded", message)
    } else {
        world.wake_at(after(&since, deadline));
        return;
    };
    let keep = old_reason == reason && (!grew || complete);
    let updated = if keep { since } else { stamp.clone() };
    let wanted = json!({"type": "Progressing", "status": state, "reason": reason,
        "message": message, "lastUpdateTime": updated});
    if state == "True" && !complete {
        world.wake_at(after(&updated, deadline));
    }
    set_condition(deployment, wanted, &stamp);
}
