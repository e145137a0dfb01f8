//! Deployments: ReplicaSets, rolling update, revisions.

mod status;

use serde_json::{Map, Value, json};

use super::rollout::Margins;
use super::world::{News, World, is_leaving, owner_reference};
use crate::fields::{bounded as count, int, put, text};
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
    if new.is_none()
        && !paused
        && let Some(made) = create_set(world, deployment, &template, newest + 1)
    {
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
    status::write(world, deployment, &sets, new);
}

fn revision(object: &Value) -> i64 {
    text(object, REVISION).parse().unwrap_or(0)
}

fn annotate(object: &mut Value, revision: i64) {
    let path = [
        "metadata",
        "annotations",
        "deployment.kubernetes.io/revision",
    ];
    put(object, &path, json!(revision.to_string()));
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
    match value {
        Value::Object(map) => {
            let kept = map
                .iter()
                .map(|(key, value)| (key.clone(), without_empty(value)));
            let kept: Map<String, Value> = kept.filter(|(_, value)| !value.is_null()).collect();
            if kept.is_empty() {
                Value::Null
            } else {
                Value::Object(kept)
            }
        }
        Value::Array(items) => Value::Array(items.iter().map(without_empty).collect()),
        scalar => scalar.clone(),
    }
}

/// Makes the ReplicaSet of a template, unless its name is taken by a stranger.
fn create_set(
    world: &mut World<'_>,
    deployment: &Value,
    template: &Value,
    number: i64,
) -> Option<Value> {
    let namespace = text(deployment, "/metadata/namespace");
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
    put(
        &mut template,
        &["metadata", "labels", "pod-template-hash"],
        json!(hash),
    );
    put(
        &mut selector,
        &["matchLabels", "pod-template-hash"],
        json!(hash),
    );
    let name = format!("{}-{hash}", text(deployment, "/metadata/name"));
    if world.exists(SETS, namespace, &name) {
        return None;
    }
    let mut set = json!({
        "metadata": {
            "name": name, "generation": 1,
            "namespace": namespace,
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
    Some(world.create(SETS, set))
}

fn desired(object: &Value) -> i64 {
    int(object, "/spec/replicas")
        .unwrap_or(1)
        .clamp(0, super::MOST_REPLICAS)
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
    put(set, &["spec", "replicas"], json!(target));
    let generation = count(set, "/metadata/generation") + 1;
    put(set, &["metadata", "generation"], json!(generation));
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
