//! Everything but pods in a generated cluster.

use serde_json::{Value, json};

use super::faulty::Mode;
use super::{App, CREATED};

pub(super) fn namespace(index: usize) -> Value {
    let name = format!("team-{index:03}");
    json!({"apiVersion": "v1", "kind": "Namespace", "status": {"phase": "Active"},
        "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name},
            "creationTimestamp": CREATED}})
}

pub(super) fn node(index: usize) -> Value {
    let name = format!("node-{index:04}");
    let resources = json!({"cpu": "32", "memory": "131072000Ki", "pods": "110",
        "ephemeral-storage": "103079215104"});
    let condition = |kind: &str, status: &str, reason: &str| {
        json!({"type": kind, "status": status, "reason": reason, "lastTransitionTime": CREATED,
            "lastHeartbeatTime": "2026-03-01T09:59:00Z"})
    };
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "creationTimestamp": CREATED, "labels": {
            "kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
            "topology.kubernetes.io/zone": format!("zone-{}", index % 3)}},
        "spec": {"providerID": format!("example://{name}")},
        "status": {
            "capacity": resources, "allocatable": resources,
            "addresses": [{"type": "Hostname", "address": name}],
            "conditions": [
                condition("MemoryPressure", "False", "KubeletHasSufficientMemory"),
                condition("DiskPressure", "False", "KubeletHasNoDiskPressure"),
                condition("PIDPressure", "False", "KubeletHasSufficientPID"),
                condition("Ready", "True", "KubeletReady"),
            ],
            "nodeInfo": {"kubeletVersion": "v1.36.0", "osImage": "Linux", "architecture": "amd64",
                "containerRuntimeVersion": "containerd://2.1.0", "kernelVersion": "6.12.0"},
        },
    })
}

pub(super) fn labels(app: &App, with_hash: bool) -> Value {
    let mut labels = json!({"app.kubernetes.io/name": app.name(), "team": app.namespace()});
    if with_hash {
        labels["pod-template-hash"] = json!(&app.uid("template")[..8]);
    }
    labels
}

pub(super) fn owner(kind: &str, name: &str, uid: &str) -> Value {
    json!({"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": uid, "controller": true,
        "blockOwnerDeletion": true})
}

pub(super) fn pod_spec(app: &App, fault: Option<Mode>) -> Value {
    let tag = if fault == Some(Mode::ImagePull) {
        "missing"
    } else {
        "1.4.2"
    };
    let cpu = if fault == Some(Mode::Unschedulable) {
        "64"
    } else {
        "100m"
    };
    let probe = json!({"httpGet": {"path": "/ready", "port": 8080, "scheme": "HTTP"},
        "periodSeconds": 10, "timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 3});
    json!({
        "containers": [{
            "name": "main", "image": format!("registry.example/app:{tag}"),
            "imagePullPolicy": "IfNotPresent",
            "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
            "env": [{"name": "APP", "value": app.name()}, {"name": "POD_NAME", "valueFrom":
                {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}}],
            "resources": {"requests": {"cpu": cpu, "memory": "128Mi"},
                "limits": {"memory": "256Mi"}},
            "readinessProbe": probe,
            "terminationMessagePath": "/dev/termination-log",
            "terminationMessagePolicy": "File",
            "volumeMounts": [{"name": "config", "mountPath": "/etc/app"}],
        }],
        "volumes": [{"name": "config", "configMap": {"name": app.name(), "optional": true}}],
        "restartPolicy": "Always", "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler", "securityContext": {},
    })
}

fn metadata(app: &App, name: &str, what: &str) -> Value {
    json!({"name": name, "namespace": app.namespace(), "uid": app.uid(what), "generation": 1,
        "creationTimestamp": CREATED, "labels": labels(app, false),
        "annotations": {"deployment.kubernetes.io/revision": "1"}})
}

pub(super) fn deployment(app: &App) -> Value {
    let condition = |kind: &str, reason: &str| {
        json!({"type": kind, "status": "True", "reason": reason, "lastTransitionTime": CREATED,
            "lastUpdateTime": CREATED})
    };
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": metadata(app, &app.name(), "deployment"),
        "spec": {
            "replicas": app.size, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
            "selector": {"matchLabels": labels(app, false)},
            "strategy": {"type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
            "template": {"metadata": {"labels": labels(app, false)}, "spec": pod_spec(app, None)},
        },
        "status": {
            "observedGeneration": 1, "replicas": app.size, "updatedReplicas": app.size,
            "readyReplicas": app.ready(), "availableReplicas": app.ready(),
            "unavailableReplicas": app.size - app.ready(),
            "conditions": [condition("Available", "MinimumReplicasAvailable"),
                condition("Progressing", "NewReplicaSetAvailable")],
        },
    })
}

pub(super) fn replica_set(app: &App) -> Value {
    let mut meta = metadata(app, &app.replica_set(), "replica-set");
    meta["labels"] = labels(app, true);
    meta["ownerReferences"] = json!([owner("Deployment", &app.name(), &app.uid("deployment"))]);
    json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": meta,
        "spec": {
            "replicas": app.size, "selector": {"matchLabels": labels(app, true)},
            "template": {"metadata": {"labels": labels(app, true)}, "spec": pod_spec(app, None)},
        },
        "status": {"observedGeneration": 1, "replicas": app.size, "readyReplicas": app.ready(),
            "availableReplicas": app.ready(), "fullyLabeledReplicas": app.size},
    })
}

pub(super) fn service(app: &App) -> Value {
    let ip = format!("10.96.{}.{}", app.index / 250 % 250, app.index % 250 + 1);
    json!({
        "apiVersion": "v1", "kind": "Service", "metadata": metadata(app, &app.name(), "service"),
        "spec": {"type": "ClusterIP", "clusterIP": ip, "clusterIPs": [ip],
            "selector": labels(app, false),
            "ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]},
        "status": {"loadBalancer": {}},
    })
}

pub(super) fn endpoint_slice(app: &App) -> Value {
    let mut meta = metadata(app, &format!("{}-x", app.name()), "slice");
    meta["labels"]["kubernetes.io/service-name"] = json!(app.name());
    let endpoint = |pod: usize| {
        let ready = pod > 0 || app.fault.is_none();
        json!({"addresses": [format!("10.0.{}.{}", app.index % 250, pod + 1)],
            "conditions": {"ready": ready, "serving": ready, "terminating": false},
            "nodeName": app.node(pod),
            "targetRef": {"kind": "Pod", "namespace": app.namespace(), "name": app.pod_name(pod),
                "uid": app.uid(&format!("pod-{pod}"))}})
    };
    let first = usize::from(app.fault == Some(Mode::Unschedulable));
    let endpoints: Vec<Value> = (first..app.size).map(endpoint).collect();
    json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": meta,
        "addressType": "IPv4", "endpoints": endpoints,
        "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}]})
}
