//! The defaults that clients and controllers rely on, for the kinds that people create by hand.

use serde_json::{Map, Value, json};

use crate::fields::{object_mut, text};
use crate::kinds::Kind;

/// Fills in absent fields. Running it twice changes nothing.
pub(crate) fn fill(kind: &Kind, object: &mut Value) {
    match (kind.group.as_str(), kind.kind.as_str()) {
        ("apps", "Deployment") => {
            let spec = object_mut(object, "spec");
            default(spec, "replicas", json!(1));
            default(spec, "revisionHistoryLimit", json!(10));
            default(spec, "progressDeadlineSeconds", json!(600));
            fill_strategy(spec);
            fill_template(spec);
        }
        ("apps", "ReplicaSet" | "StatefulSet") => {
            let spec = object_mut(object, "spec");
            default(spec, "replicas", json!(1));
            fill_template(spec);
        }
        ("apps", "DaemonSet") | ("batch", "Job") => fill_template(object_mut(object, "spec")),
        ("", "Pod") => {
            fill_pod_spec(object_mut(object, "spec"));
            default(object_mut(object, "status"), "phase", json!("Pending"));
        }
        ("", "Service") => {
            let spec = object_mut(object, "spec");
            default(spec, "type", json!("ClusterIP"));
            for port in spec
                .get_mut("ports")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                default(crate::fields::as_object_mut(port), "protocol", json!("TCP"));
            }
        }
        ("", "Namespace") => {
            let name = json!(text(object, "/metadata/name"));
            default(
                object_mut(object, "spec"),
                "finalizers",
                json!(["kubernetes"]),
            );
            default(object_mut(object, "status"), "phase", json!("Active"));
            let metadata = object_mut(object, "metadata");
            default(metadata, "labels", json!({}));
            if let Some(labels) = metadata.get_mut("labels").and_then(Value::as_object_mut) {
                default(labels, "kubernetes.io/metadata.name", name);
            }
        }
        ("", "PersistentVolumeClaim") => {
            default(object_mut(object, "status"), "phase", json!("Pending"));
        }
        _ => {}
    }
}

fn default(map: &mut Map<String, Value>, key: &str, value: Value) {
    map.entry(key.to_owned()).or_insert(value);
}

fn fill_strategy(spec: &mut Map<String, Value>) {
    default(spec, "strategy", json!({}));
    let Some(strategy) = spec.get_mut("strategy") else {
        return;
    };
    let kind = crate::fields::as_object_mut(strategy);
    default(kind, "type", json!("RollingUpdate"));
    if text(strategy, "/type") == "RollingUpdate" {
        let rolling = object_mut(strategy, "rollingUpdate");
        default(rolling, "maxSurge", json!("25%"));
        default(rolling, "maxUnavailable", json!("25%"));
    }
}

fn fill_template(spec: &mut Map<String, Value>) {
    if let Some(template) = spec.get_mut("template") {
        fill_pod_spec(object_mut(template, "spec"));
    }
}

fn fill_pod_spec(spec: &mut Map<String, Value>) {
    default(spec, "restartPolicy", json!("Always"));
    default(spec, "terminationGracePeriodSeconds", json!(30));
    default(spec, "dnsPolicy", json!("ClusterFirst"));
    default(spec, "schedulerName", json!("default-scheduler"));
    for list in ["containers", "initContainers"] {
        let containers = spec.get_mut(list).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            let container = crate::fields::as_object_mut(container);
            let image = container
                .get("image")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let latest = !image
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .contains([':', '@']);
            let policy = if latest || image.ends_with(":latest") {
                "Always"
            } else {
                "IfNotPresent"
            };
            default(container, "imagePullPolicy", json!(policy));
            for port in container
                .get_mut("ports")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                default(crate::fields::as_object_mut(port), "protocol", json!("TCP"));
            }
        }
    }
}
