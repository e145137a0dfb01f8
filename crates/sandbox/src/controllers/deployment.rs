//! Deployments: ReplicaSets, rolling update, revisions, conditions.

use serde_json::{Map, Value, json};

use super::rollout::Margins;
use super::world::{News, World, after, is_leaving, owner_reference, set_condition};
use crate::fields::{condition, count, int, object_mut, text};
use crate::objects::intake;

const REVISION: &str = "/metadata/annotations/deployment.kubernetes.io~1revision";
const SETS: &str = "replicasets.apps";

/// Brings every Deployment one step further.
pub(super) fn reconcile(world: &mut World<'_>) {
    for mut deployment in world.all("deployments.apps") {
        if !is_leaving(&deployment) {
            step(world, &mut deployment);
            world.save("deployments.apps", &deployment);
        }
    }
}

fn step(world: &mut World<'_>, deployment: &mut Value) {
    let mut sets = world.owned(SETS, deployment);
    let paused = crate::fields::is_true(deployment, "/spec/paused");
    let template = deployment
        .pointer("/spec/template")
        .cloned()
        .unwrap_or_default();
    let newest = sets.iter().map(revision).max().unwrap_or(0);
    let mut new = sets.iter().position(|set| same_template(set, &template));
    if new.is_none() && !paused {
        let made = create_set(world, deployment, &template, newest + 1);
        sets.push(made);
        new = Some(sets.len() - 1);
    }
    if let Some(new) = new {
        if revision(&sets[new]) < newest {
            annotate(&mut sets[new], newest + 1);
            world.save(SETS, &sets[new]);
        }
        let shown = revision(&sets[new]);
        annotate(deployment, shown);
        if !paused {
            scale(world, deployment, &mut sets, new);
        }
    }
    write_status(world, deployment, &sets, new);
}

fn revision(object: &Value) -> i64 {
    text(object, REVISION).parse().unwrap_or(0)
}

fn annotate(object: &mut Value, revision: i64) {
    let metadata = object_mut(object, "metadata");
    let annotations = metadata.entry("annotations").or_insert_with(|| json!({}));
    annotations["deployment.kubernetes.io/revision"] = json!(revision.to_string());
}

fn same_template(set: &Value, template: &Value) -> bool {
    let mut own = set.pointer("/spec/template").cloned().unwrap_or_default();
    if let Some(labels) = own
        .pointer_mut("/metadata/labels")
        .and_then(Value::as_object_mut)
    {
        labels.remove("pod-template-hash");
    }
    without_empty(&own) == without_empty(template)
}

/// The value without nulls and empty objects, which clients add and drop as they like.
fn without_empty(value: &Value) -> Value {
    let says_nothing = |v: &Value| v.is_null() || v.as_object().is_some_and(Map::is_empty);
    match value {
        Value::Object(map) => {
            let kept = map
                .iter()
                .map(|(key, value)| (key.clone(), without_empty(value)));
            Value::Object(kept.filter(|(_, value)| !says_nothing(value)).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_empty).collect()),
        scalar => scalar.clone(),
    }
}

fn create_set(world: &mut World<'_>, deployment: &Value, template: &Value, number: i64) -> Value {
    let name = text(deployment, "/metadata/name");
    let text_form = without_empty(template).to_string();
    let hash = format!(
        "{}{}",
        intake::suffix(&["hash", &text_form]),
        intake::suffix(&[&text_form])
    );
    let mut template = template.clone();
    let mut selector = deployment
        .pointer("/spec/selector")
        .cloned()
        .unwrap_or_default();
    template["metadata"]["labels"]["pod-template-hash"] = json!(hash);
    selector["matchLabels"]["pod-template-hash"] = json!(hash);
    let mut set = json!({
        "metadata": {
            "name": format!("{name}-{hash}"), "generation": 1,
            "namespace": text(deployment, "/metadata/namespace"),
            "labels": template["metadata"]["labels"],
            "ownerReferences": owner_reference("apps/v1", "Deployment", deployment),
        },
        "spec": {"replicas": 0, "selector": selector, "template": template},
        "status": {"replicas": 0},
    });
    let wait = count(deployment, "/spec/minReadySeconds");
    if wait > 0 {
        set["spec"]["minReadySeconds"] = json!(wait);
    }
    annotate(&mut set, number);
    world.create(SETS, set)
}

fn desired(object: &Value) -> i64 {
    int(object, "/spec/replicas").unwrap_or(1)
}

/// Moves replicas from old sets to the new one within the margins.
fn scale(world: &mut World<'_>, deployment: &Value, sets: &mut [Value], new: usize) {
    let wanted = desired(deployment);
    let margins = Margins::of(deployment, wanted);
    let recreate = text(deployment, "/spec/strategy/type") == "Recreate";
    let total: i64 = sets.iter().map(desired).sum();
    let current = desired(&sets[new]);
    let others_alive: i64 = sets
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != new)
        .map(|(_, s)| count(s, "/status/replicas"))
        .sum();
    let room = (wanted + margins.surge - total).max(0);
    let target = match () {
        () if current > wanted => wanted,
        () if recreate && others_alive > 0 => current,
        () if recreate => wanted,
        () => current + room.min(wanted - current),
    };
    resize(world, deployment, &mut sets[new], target);
    shrink_old(world, deployment, sets, new);
}

/// Scales old sets down: broken pods first, then as many as stay above the minimum.
fn shrink_old(world: &mut World<'_>, deployment: &Value, sets: &mut [Value], new: usize) {
    let wanted = desired(deployment);
    let minimum = wanted - Margins::of(deployment, wanted).unavailable;
    let total: i64 = sets.iter().map(desired).sum();
    let missing = desired(&sets[new]) - count(&sets[new], "/status/availableReplicas");
    let mut budget = total - minimum - missing.max(0);
    let old = |at: usize| at != new;
    for set in sets
        .iter_mut()
        .enumerate()
        .filter(|(at, _)| old(*at))
        .map(|(_, set)| set)
    {
        let broken = desired(set) - count(set, "/status/availableReplicas");
        let drop = broken.min(budget).max(0);
        budget -= drop;
        let target = desired(set) - drop;
        resize(world, deployment, set, target);
    }
    let available: i64 = sets
        .iter()
        .map(|s| count(s, "/status/availableReplicas"))
        .sum();
    let mut budget = available - minimum;
    for set in sets
        .iter_mut()
        .enumerate()
        .filter(|(at, _)| old(*at))
        .map(|(_, set)| set)
    {
        let drop = desired(set).min(budget).max(0);
        budget -= drop;
        let target = desired(set) - drop;
        resize(world, deployment, set, target);
    }
}

fn resize(world: &mut World<'_>, deployment: &Value, set: &mut Value, target: i64) {
    let current = desired(set);
    if current == target {
        return;
    }
    set["spec"]["replicas"] = json!(target);
    set["metadata"]["generation"] = json!(count(set, "/metadata/generation") + 1);
    world.save(SETS, set);
    let direction = if target > current { "up" } else { "down" };
    let name = text(set, "/metadata/name");
    let message = format!("Scaled {direction} replica set {name} from {current} to {target}");
    let news = News {
        warning: false,
        reason: "ScalingReplicaSet",
        message: &message,
        component: "deployment-controller",
        container: "",
    };
    world.emit("deployments.apps", deployment, &news);
}

fn write_status(world: &mut World<'_>, deployment: &mut Value, sets: &[Value], new: Option<usize>) {
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
