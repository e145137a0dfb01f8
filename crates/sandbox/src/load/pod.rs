//! Pods of a generated cluster, with everything that real pods carry.

use serde_json::{Value, json};

use super::faulty::{Mode, container_state};
use super::workload::{labels, owner, pod_spec};
use super::{App, CREATED};
use crate::fields::object_mut;

/// The pod at a position of an app.
pub(super) fn object(app: &App, pod: usize) -> Value {
    let fault = app.fault.filter(|_| pod == 0);
    let mut spec = pod_spec(app, fault);
    complete_spec(&mut spec);
    if fault != Some(Mode::Unschedulable) {
        spec["nodeName"] = json!(app.node(pod));
    }
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": app.pod_name(pod), "generateName": format!("{}-", app.replica_set()),
            "namespace": app.namespace(), "uid": app.uid(&format!("pod-{pod}")),
            "creationTimestamp": CREATED, "labels": labels(app, true),
            "annotations": {"prometheus.io/scrape": "true", "prometheus.io/port": "8080"},
            "ownerReferences": [owner("ReplicaSet", &app.replica_set(), &app.uid("replica-set"))],
            "managedFields": managed_fields(app),
        },
        "spec": spec,
        "status": status(app, pod, fault),
    })
}

/// What admission and the scheduler add to the template.
fn complete_spec(spec: &mut Value) {
    let token = json!({"name": "kube-api-access", "readOnly": true,
        "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"});
    let projected = json!({"name": "kube-api-access", "projected": {"defaultMode": 420, "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace",
            "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]}}]}});
    for (list, item) in [
        ("/containers/0/volumeMounts", token),
        ("/volumes", projected),
    ] {
        if let Some(items) = spec.pointer_mut(list).and_then(Value::as_array_mut) {
            items.push(item);
        }
    }
    let toleration = |key: &str| {
        json!({"key": format!("node.kubernetes.io/{key}"), "operator": "Exists",
            "effect": "NoExecute", "tolerationSeconds": 300})
    };
    spec["tolerations"] = json!([toleration("not-ready"), toleration("unreachable")]);
    spec["serviceAccountName"] = json!("default");
    spec["serviceAccount"] = json!("default");
    spec["preemptionPolicy"] = json!("PreemptLowerPriority");
    spec["priority"] = json!(0);
    spec["enableServiceLinks"] = json!(true);
}

fn status(app: &App, pod: usize, fault: Option<Mode>) -> Value {
    let condition = |kind: &str, met: bool, reason: &str| {
        let mut condition = json!({"type": kind, "status": if met { "True" } else { "False" },
            "lastProbeTime": null, "lastTransitionTime": CREATED});
        if !met {
            condition["reason"] = json!(reason);
        }
        condition
    };
    if fault == Some(Mode::Unschedulable) {
        let mut scheduled = condition("PodScheduled", false, "Unschedulable");
        scheduled["message"] = json!("0/3 nodes are available: 3 Insufficient cpu.");
        return json!({"phase": "Pending", "qosClass": "Burstable", "conditions": [scheduled]});
    }
    let ready = fault.is_none();
    let running = json!({"running": {"startedAt": CREATED}});
    let (state, last, restarts) = fault.map_or((running, json!({}), 0), container_state);
    let pulling = fault == Some(Mode::ImagePull);
    let number = app.index * super::PODS_PER_APP + pod;
    let ip = format!(
        "10.{}.{}.{}",
        number / 62_500 % 250,
        number / 250 % 250,
        number % 250 + 1
    );
    let host = format!(
        "192.168.{}.{}",
        number / 12_500 % 250,
        number / 50 % 250 + 1
    );
    json!({
        "phase": if pulling { "Pending" } else { "Running" }, "qosClass": "Burstable",
        "hostIP": host, "hostIPs": [{"ip": host}], "podIP": ip, "podIPs": [{"ip": ip}],
        "startTime": CREATED,
        "conditions": [
            condition("PodReadyToStartContainers", true, ""),
            condition("Initialized", true, ""),
            condition("Ready", ready, "ContainersNotReady"),
            condition("ContainersReady", ready, "ContainersNotReady"),
            condition("PodScheduled", true, ""),
        ],
        "containerStatuses": [{
            "name": "main", "ready": ready, "started": !pulling, "restartCount": restarts,
            "image": "registry.example/app:1.4.2", "state": state, "lastState": last,
            "imageID": if pulling { String::new() } else {
                format!("registry.example/app@sha256:{}", app.uid("image").replace('-', "")) },
            "containerID": if pulling { String::new() } else {
                format!("containerd://{}", app.uid(&format!("c-{pod}")).replace('-', "")) },
        }],
    })
}

/// Field ownership as the two writers of a pod leave it behind.
fn managed_fields(app: &App) -> Value {
    let leaf = json!({});
    let owner = format!("k:{{\"uid\":\"{}\"}}", app.uid("replica-set"));
    let mut container = json!({".": leaf, "f:image": leaf, "f:imagePullPolicy": leaf,
        "f:name": leaf, "f:terminationMessagePath": leaf, "f:terminationMessagePolicy": leaf,
        "f:ports": {".": leaf, "k:{\"containerPort\":8080,\"protocol\":\"TCP\"}": {".": leaf,
            "f:containerPort": leaf, "f:name": leaf, "f:protocol": leaf}},
        "f:resources": {".": leaf, "f:limits": {".": leaf, "f:memory": leaf},
            "f:requests": {".": leaf, "f:cpu": leaf, "f:memory": leaf}}});
    object_mut(&mut container, "f:readinessProbe").extend([
        (".".to_owned(), leaf.clone()),
        ("f:failureThreshold".to_owned(), leaf.clone()),
        ("f:periodSeconds".to_owned(), leaf.clone()),
        (
            "f:httpGet".to_owned(),
            json!({".": leaf, "f:path": leaf, "f:port": leaf}),
        ),
    ]);
    let created = json!({
        "f:metadata": {"f:annotations": {".": leaf, "f:prometheus.io/scrape": leaf},
            "f:generateName": leaf, "f:ownerReferences": {".": leaf, owner: leaf},
            "f:labels": {".": leaf, "f:app.kubernetes.io/name": leaf, "f:team": leaf,
                "f:pod-template-hash": leaf}},
        "f:spec": {"f:containers": {"k:{\"name\":\"main\"}": container}, "f:dnsPolicy": leaf,
            "f:enableServiceLinks": leaf, "f:restartPolicy": leaf, "f:schedulerName": leaf,
            "f:securityContext": leaf, "f:terminationGracePeriodSeconds": leaf},
    });
    let condition = json!({".": leaf, "f:lastProbeTime": leaf, "f:lastTransitionTime": leaf,
        "f:status": leaf, "f:type": leaf});
    let reported = json!({"f:status": {"f:containerStatuses": leaf, "f:hostIP": leaf,
        "f:hostIPs": leaf, "f:phase": leaf, "f:podIP": leaf, "f:startTime": leaf,
        "f:conditions": {"k:{\"type\":\"Ready\"}": condition,
            "k:{\"type\":\"ContainersReady\"}": condition,
            "k:{\"type\":\"Initialized\"}": condition}}});
    let entry = |manager: &str, fields: Value| {
        json!({"manager": manager, "operation": "Update", "apiVersion": "v1", "time": CREATED,
            "fieldsType": "FieldsV1", "fieldsV1": fields})
    };
    let mut kubelet = entry("kubelet", reported);
    kubelet["subresource"] = json!("status");
    json!([entry("kube-controller-manager", created), kubelet])
}
