//! StatefulSets, claims and volumes.

use serde_json::{Value, json};

use super::{Everyday, cluster_wide, condition, merge, owned_by};

fn class(day: &mut Everyday) {
    let is_there = |object: &Value| object["kind"] == "StorageClass";
    if day.objects.iter().any(is_there) {
        return;
    }
    let class = json!({"provisioner": "disk.csi.example.com", "allowVolumeExpansion": true,
        "volumeBindingMode": "WaitForFirstConsumer", "metadata": {"annotations":
            {"storageclass.kubernetes.io/is-default-class": "true"}}});
    day.add(
        "storage.k8s.io/v1",
        "StorageClass",
        "fast",
        &cluster_wide(&class),
    );
    let driver = json!({"spec": {"attachRequired": true}});
    let name = "disk.csi.example.com";
    day.add(
        "storage.k8s.io/v1",
        "CSIDriver",
        name,
        &cluster_wide(&driver),
    );
    for node in ["node-0000", "node-0001", "node-0002"] {
        let drivers = json!({"spec": {"drivers": [{"name": name, "nodeID": node,
            "allocatable": {"count": 25}}]}});
        day.add(
            "storage.k8s.io/v1",
            "CSINode",
            node,
            &cluster_wide(&drivers),
        );
    }
}

/// A claim that is bound, its volume, and the attachment to a node.
fn claim(day: &mut Everyday, name: &str, node: &str) {
    class(day);
    let volume = format!("pvc-{name}");
    let size = json!({"storage": "10Gi"});
    day.add(
        "v1",
        "PersistentVolumeClaim",
        name,
        &json!({"spec": {"storageClassName": "fast", "volumeName": volume,
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": size}},
            "status": {"phase": "Bound", "capacity": size, "accessModes": ["ReadWriteOnce"]}}),
    );
    let bound = json!({"spec": {"storageClassName": "fast", "capacity": size,
            "accessModes": ["ReadWriteOnce"], "persistentVolumeReclaimPolicy": "Delete",
            "csi": {"driver": "disk.csi.example.com", "volumeHandle": name},
            "claimRef": {"namespace": super::NAMESPACE, "name": name,
                "uid": format!("PersistentVolumeClaim-{name}")}},
        "status": {"phase": "Bound"}});
    day.add("v1", "PersistentVolume", &volume, &cluster_wide(&bound));
    let attached = json!({"spec": {"attacher": "disk.csi.example.com", "nodeName": node,
            "source": {"persistentVolumeName": volume}}, "status": {"attached": true}});
    let api = "storage.k8s.io/v1";
    day.add(
        api,
        "VolumeAttachment",
        &format!("csi-{name}"),
        &cluster_wide(&attached),
    );
}

/// A StatefulSet with three Pods, of which so many are of the new revision.
fn set(day: &mut Everyday, name: &str, status: &Value) {
    let labels = json!({"app.kubernetes.io/name": name});
    let mut all = json!({
        "spec": {"replicas": 3, "serviceName": name, "podManagementPolicy": "OrderedReady",
            "selector": {"matchLabels": labels},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [
                {"name": "main", "image": "registry.example/app:1.4.2"}]}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
                "accessModes": ["ReadWriteOnce"], "storageClassName": "fast",
                "resources": {"requests": {"storage": "10Gi"}}}}]},
        "status": {"observedGeneration": 1, "replicas": 3}});
    merge(&mut all, status);
    day.add("apps/v1", "StatefulSet", name, &all);
    day.add(
        "v1",
        "Service",
        name,
        &json!({"spec": {"clusterIP": "None", "selector": labels,
            "ports": [{"port": 8080, "targetPort": 8080, "protocol": "TCP"}]}}),
    );
    for number in [1, 2] {
        let hash = format!("{name}-r{number}");
        day.add(
            "apps/v1",
            "ControllerRevision",
            &hash,
            &json!({"metadata": {"labels": {"controller.kubernetes.io/hash": hash},
                "ownerReferences": owned_by("StatefulSet", name, "apps/v1")},
                "revision": number}),
        );
    }
}

fn member(day: &mut Everyday, set: &str, number: usize, revision: usize, rest: &Value) {
    let name = format!("{set}-{number}");
    let node = format!("node-{number:04}");
    claim(day, &format!("data-{name}"), &node);
    let mut fields = json!({
        "metadata": {"ownerReferences": owned_by("StatefulSet", set, "apps/v1"),
            "labels": {"app.kubernetes.io/name": set, "pod-template-hash": null,
                "controller-revision-hash": format!("{set}-r{revision}"),
                "statefulset.kubernetes.io/pod-name": name,
                "apps.kubernetes.io/pod-index": number.to_string()}},
        "spec": {"nodeName": node, "volumes": [{"name": "data",
            "persistentVolumeClaim": {"claimName": format!("data-{name}")}}]}});
    merge(&mut fields, rest);
    day.add_pod_like(0, &name, &fields);
}

pub(super) fn stateful_set(day: &mut Everyday) {
    let status = json!({"status": {"readyReplicas": 3, "availableReplicas": 3,
        "currentReplicas": 3, "updatedReplicas": 3, "currentRevision": "db-r2",
        "updateRevision": "db-r2"}});
    set(day, "db", &status);
    for number in 0..3 {
        member(day, "db", number, 2, &json!({}));
    }
}

/// The highest Pod was replaced twenty seconds ago and comes up; the others wait for it.
pub(super) fn stateful_set_updates(day: &mut Everyday) {
    let at = "2026-03-01T09:59:40Z";
    let status = json!({"metadata": {"generation": 2}, "status": {"observedGeneration": 2,
        "readyReplicas": 2, "availableReplicas": 2, "currentReplicas": 2, "updatedReplicas": 1,
        "currentRevision": "queue-r1", "updateRevision": "queue-r2"}});
    set(day, "queue", &status);
    for number in 0..2 {
        member(day, "queue", number, 1, &json!({}));
    }
    let new = json!({"metadata": {"creationTimestamp": at}, "status": {"startTime": at,
        "conditions": [condition("PodScheduled", "True", "", at),
            condition("Ready", "False", "ContainersNotReady", at)],
        "containerStatuses": [{"name": "main", "ready": false, "started": true,
            "restartCount": 0, "image": "registry.example/app:1.4.2",
            "state": {"running": {"startedAt": at}}}]}});
    member(day, "queue", 2, 2, &new);
}

pub(super) fn claim_waits(day: &mut Everyday) {
    class(day);
    let pending = json!({"spec": {"storageClassName": "fast", "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "5Gi"}}}, "status": {"phase": "Pending"}});
    day.add("v1", "PersistentVolumeClaim", "later", &pending);
    let claim = day.of("PersistentVolumeClaim", "later").clone();
    let words = "waiting for first consumer to be created before binding";
    let words = ("persistentvolume-controller", "WaitForFirstConsumer", words);
    day.add_event(&claim, words, "2026-03-01T09:59:00Z");
}

pub(super) fn claim_is_new(day: &mut Everyday) {
    class(day);
    let at = "2026-03-01T09:59:50Z";
    let pending = json!({"metadata": {"creationTimestamp": at, "annotations": {
            "volume.kubernetes.io/storage-provisioner": "disk.csi.example.com",
            "volume.kubernetes.io/selected-node": "node-0000"}},
        "spec": {"storageClassName": "fast", "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "5Gi"}}}, "status": {"phase": "Pending"}});
    day.add("v1", "PersistentVolumeClaim", "fresh", &pending);
    let claim = day.of("PersistentVolumeClaim", "fresh").clone();
    let words = "External provisioner is provisioning volume for claim \"team-000/fresh\"";
    let words = ("disk.csi.example.com_ctl", "Provisioning", words);
    day.add_event(&claim, words, at);
}

/// A claim that was enlarged twenty seconds ago; the file system follows.
pub(super) fn claim_grows(day: &mut Everyday) {
    claim(day, "growing", "node-0000");
    let at = "2026-03-01T09:59:40Z";
    let resizing = json!({"spec": {"resources": {"requests": {"storage": "20Gi"}}},
        "status": {"conditions": [condition("FileSystemResizePending", "True", "", at)]}});
    merge(day.of("PersistentVolumeClaim", "growing"), &resizing);
    let name = "growing-user";
    day.add_pod_like(
        0,
        name,
        &json!({"metadata": {"ownerReferences": null, "labels": {
                "app.kubernetes.io/name": name, "pod-template-hash": null}},
            "spec": {"volumes": [{"name": "data",
                "persistentVolumeClaim": {"claimName": "growing"}}]}}),
    );
}
