//! A small recording, written by these tests: a Deployment whose new version cannot be pulled.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

fn template(image: &str) -> Value {
    json!({
        "metadata": {"labels": {"app": "api"}},
        "spec": {"containers": [{"name": "api", "image": image}]},
    })
}

fn replica_set(name: &str, image: &str, wanted: i64, revision: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": name, "namespace": "shop", "uid": name, "labels": {"app": "api"},
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "annotations": {"deployment.kubernetes.io/revision": revision},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "api",
                "uid": "deploy-api", "controller": true}],
        },
        "spec": {"replicas": wanted, "selector": {"matchLabels": {"app": "api"}},
            "template": template(image)},
        "status": {"replicas": wanted, "readyReplicas": if wanted > 1 { wanted } else { 0 }},
    })
}

fn pod(name: &str, owner: &str, image: &str, status: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": name, "namespace": "shop", "uid": name, "labels": {"app": "api"},
            "creationTimestamp": "2026-01-01T00:10:00Z",
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": owner,
                "uid": owner, "controller": true}],
        },
        "spec": {"nodeName": "n1", "containers": [{"name": "api", "image": image}]},
        "status": status,
    })
}

fn ready() -> Value {
    json!({
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": "True"}],
        "containerStatuses": [{"name": "api", "image": "reg.example/api:v1", "ready": true,
            "restartCount": 0, "state": {"running": {"startedAt": "2026-01-01T00:10:05Z"}}}],
    })
}

fn pulling() -> Value {
    json!({
        "phase": "Pending",
        "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady"}],
        "containerStatuses": [{"name": "api", "image": "reg.example/api:v2", "ready": false,
            "restartCount": 0, "state": {"waiting": {"reason": "ImagePullBackOff",
            "message": "Back-off pulling image \"reg.example/api:v2\": ErrImagePull: \
                        reg.example/api:v2: not found"}}}],
    })
}

fn deployment() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "api", "namespace": "shop", "uid": "deploy-api", "generation": 2,
            "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "api"}},
            "template": template("reg.example/api:v2")},
        "status": {"observedGeneration": 2, "replicas": 3, "updatedReplicas": 1,
            "readyReplicas": 2, "availableReplicas": 2,
            "conditions": [{"type": "Progressing", "status": "False",
                "reason": "ProgressDeadlineExceeded",
                "message": "ReplicaSet \"api-2\" has timed out progressing."}]},
    })
}

fn event() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": "e1", "namespace": "shop", "uid": "event-1"},
        "involvedObject": {"kind": "Pod", "name": "api-2-x", "namespace": "shop",
            "uid": "api-2-x", "fieldPath": "spec.containers{api}"},
        "reason": "Failed", "type": "Warning", "count": 4,
        "message": "Failed to pull image \"reg.example/api:v2\": reg.example/api:v2: not found",
        "source": {"component": "kubelet"},
        "firstTimestamp": "2026-01-01T00:10:10Z", "lastTimestamp": "2026-01-01T00:20:00Z",
    })
}

/// Every object of the story.
pub(crate) fn objects() -> Vec<Value> {
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop",
        "uid": "ns-shop"}});
    vec![
        namespace,
        deployment(),
        replica_set("api-1", "reg.example/api:v1", 2, "1"),
        replica_set("api-2", "reg.example/api:v2", 1, "2"),
        pod("api-1-a", "api-1", "reg.example/api:v1", &ready()),
        pod("api-1-b", "api-1", "reg.example/api:v1", &ready()),
        pod("api-2-x", "api-2", "reg.example/api:v2", &pulling()),
        event(),
    ]
}

/// A folder with the objects of the story.
pub(crate) fn folder() -> TempDir {
    folder_of(&objects())
}

/// The same with limits: a core and a gibibyte for every Pod.
pub(crate) fn folder_with_limits() -> TempDir {
    let mut objects = objects();
    let pods = objects.iter_mut().filter(|object| object["kind"] == "Pod");
    for pod in pods {
        pod["spec"]["containers"][0]["resources"] =
            json!({"limits": {"cpu": "1", "memory": "1Gi"}});
    }
    folder_of(&objects)
}

/// A folder with objects as Lists, one file per kind.
pub(crate) fn folder_of(objects: &[Value]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (file, kind) in [
        ("namespaces", "Namespace"),
        ("deployments", "Deployment"),
        ("replicasets", "ReplicaSet"),
        ("pods", "Pod"),
        ("events", "Event"),
    ] {
        let items: Vec<&Value> = objects
            .iter()
            .filter(|object| object["kind"] == kind)
            .collect();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
        write(folder.path(), &format!("{file}.json"), &list.to_string());
    }
    folder
}

/// Writes one file of a recording.
pub(crate) fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("it can be written");
}
