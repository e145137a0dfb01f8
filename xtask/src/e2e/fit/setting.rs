//! Random clusters: nodes, what is on them, and volumes.
//!
//! A group of nodes stands for a cluster: every object carries the group, and no Pod looks beyond
//! its own. So many clusters live side by side on one control plane.

use serde_json::{Map, Value, json};

use super::dice::Dice;

/// Nodes of a group.
pub(super) const NODES: usize = 6;

/// Zones of the nodes.
pub(super) const ZONES: [&str; 3] = ["a", "b", "c"];

/// Values of the label `app`.
pub(super) const APPS: [&str; 3] = ["front", "back", "store"];

/// The kubelet that kwok plays leaves these objects alone.
const UNTOUCHED: &str = "play.dogwatch.io/fault";

/// Objects that all groups share.
pub(super) fn shared() -> Vec<Value> {
    let class = |name: &str, mode: &str| {
        json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name},
            "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": mode})
    };
    vec![
        class("fit-waits", "WaitForFirstConsumer"),
        class("fit-at-once", "Immediate"),
        json!({"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "fit-vm"},
            "handler": "vm", "overhead": {"podFixed": {"cpu": "150m", "memory": "64Mi"}},
            "scheduling": {"tolerations": [{"key": "dedicated", "operator": "Exists"}]}}),
    ]
}

/// The Namespace of one side of a group.
pub(super) fn namespace(group: usize, side: usize) -> String {
    format!("fit-{group}-{side}")
}

/// The value of the label `fit-group`.
pub(super) fn group_label(group: usize) -> String {
    format!("g{group}")
}

fn node_name(group: usize, node: usize) -> String {
    format!("fit-{group}-n{node}")
}

/// Both Namespaces of a group.
pub(super) fn namespaces(group: usize) -> Vec<Value> {
    let one = |side: usize| {
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace(group, side),
            "labels": {"fit-group": group_label(group), "side": format!("s{side}")}}})
    };
    vec![one(0), one(1)]
}

/// Nodes, volumes, claims and Pods of a group.
pub(super) fn objects(dice: &mut Dice, group: usize) -> Vec<Value> {
    let mut all: Vec<Value> = (0..NODES)
        .map(|node| self::node(dice, group, node))
        .collect();
    all.extend(volumes(dice, group));
    for node in 0..NODES {
        for number in 0..dice.roll(4) {
            all.push(bound_pod(dice, group, node, number));
        }
    }
    all
}

fn node(dice: &mut Dice, group: usize, node: usize) -> Value {
    let name = node_name(group, node);
    let mut labels = json!({"fit-group": group_label(group), "kubernetes.io/hostname": name,
        "disk": dice.pick(&["ssd", "hdd"]), "cores": dice.pick(&["2", "4", "8", "16"])});
    if dice.chance(90) {
        labels["topology.kubernetes.io/zone"] = json!(dice.pick(&ZONES));
    }
    if dice.chance(20) {
        labels["spare"] = json!("true");
    }
    let mut room = json!({"cpu": dice.pick(&["700m", "1", "2", "4"]),
        "memory": dice.pick(&["600Mi", "1Gi", "2Gi", "3500Mi"]),
        "pods": (3 + dice.roll(6)).to_string(), "ephemeral-storage": "10Gi"});
    if dice.chance(30) {
        room["example.com/gpu"] = json!((1 + dice.roll(2)).to_string());
    }
    json!({"apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "labels": labels, "annotations": {UNTOUCHED: "none"}},
        "spec": {"unschedulable": dice.chance(8), "taints": taints(dice)},
        "status": {"capacity": room, "allocatable": room, "conditions": [
            {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "ready"}]}})
}

fn taints(dice: &mut Dice) -> Vec<Value> {
    let mut taints = Vec::new();
    if dice.chance(20) {
        taints.push(
            json!({"key": "dedicated", "value": dice.pick(&["batch", "web"]),
            "effect": "NoSchedule"}),
        );
    }
    if dice.chance(10) {
        taints.push(json!({"key": "slow", "value": "", "effect": "PreferNoSchedule"}));
    }
    if dice.chance(6) {
        taints.push(json!({"key": "repair", "value": "yes", "effect": "NoExecute"}));
    }
    taints
}

/// Two volumes for claims that wait, one that is bound at once, and claims that are never bound.
fn volumes(dice: &mut Dice, group: usize) -> Vec<Value> {
    let space = namespace(group, 0);
    let mut all = Vec::new();
    let many: &[&str] = &["ReadWriteOnce", "ReadWriteMany"];
    let sorts = [
        ("fit-waits", many),
        ("fit-waits", &["ReadWriteOncePod"]),
        ("fit-at-once", many),
    ];
    for (number, (class, modes)) in sorts.iter().enumerate() {
        let near = if dice.chance(50) {
            json!({"key": "topology.kubernetes.io/zone", "operator": "In",
                "values": [dice.pick(&ZONES)]})
        } else {
            json!({"key": "kubernetes.io/hostname", "operator": "In",
                "values": [node_name(group, dice.roll(NODES)), node_name(group, dice.roll(NODES))]})
        };
        let mut labels = json!({"fit-group": group_label(group)});
        // On a volume that waits, a zone beside what its affinity says would count only once it is
        // bound: how many Pods fit would depend on how quickly that is.
        if *class == "fit-at-once" && dice.chance(60) {
            labels["topology.kubernetes.io/zone"] = json!(dice.pick(&["a", "b__c", "c"]));
        }
        let mut spec = json!({"capacity": {"storage": "10Gi"}, "storageClassName": class,
            "accessModes": modes,
            "local": {"path": "/data"},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [near]}]}}});
        if *class == "fit-at-once" {
            spec["claimRef"] = json!({"namespace": space, "name": "bound"});
        }
        all.push(json!({"apiVersion": "v1", "kind": "PersistentVolume",
            "metadata": {"name": format!("fit-{group}-{number}"), "labels": labels}, "spec": spec}));
    }
    let claim = |name: &str, class: &str, mode: &str, size: &str| {
        json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": name, "namespace": space}, "spec": {"storageClassName": class,
                "accessModes": [mode], "resources": {"requests": {"storage": size}},
                "selector": {"matchLabels": {"fit-group": group_label(group)}}}})
    };
    all.extend([
        claim("bound", "fit-at-once", "ReadWriteMany", "5Gi"),
        claim("waits", "fit-waits", "ReadWriteMany", "5Gi"),
        claim("waits-alone", "fit-waits", "ReadWriteOncePod", "8Gi"),
        claim("too-large", "fit-waits", "ReadWriteOnce", "50Gi"),
        claim("unbound", "fit-nobody", "ReadWriteOnce", "5Gi"),
    ]);
    all
}

/// A Pod that is on its node from the start, running, at its end or on its way out.
fn bound_pod(dice: &mut Dice, group: usize, node: usize, number: usize) -> Value {
    let app = *dice.pick(&APPS);
    let fate = match dice.roll(10) {
        0 => "ended",
        1 => "leaving",
        _ => "stays",
    };
    let mut container = Map::new();
    container.insert("name".to_owned(), json!("c"));
    container.insert("image".to_owned(), json!("registry.example.com/app:1"));
    container.insert(
        "resources".to_owned(),
        json!({"requests": {"cpu": dice.pick(&["0", "100m", "300m"]),
            "memory": dice.pick(&["0", "64Mi", "200Mi"])}}),
    );
    if dice.chance(15) {
        container.insert("ports".to_owned(), json!([super::asked::port(dice)]));
    }
    let mut spec = json!({"nodeName": node_name(group, node), "containers": [container],
        "tolerations": [{"operator": "Exists"}], "terminationGracePeriodSeconds": 3600});
    if dice.chance(12) {
        spec["affinity"] = json!({"podAntiAffinity": super::asked::terms(dice, group)});
    }
    let side = dice.roll(2);
    let mut pod = json!({"apiVersion": "v1", "kind": "Pod", "spec": spec,
        "metadata": {"name": format!("old-{node}-{number}"), "namespace": namespace(group, side),
            "labels": {"app": app, "fit-group": group_label(group), "fate": fate},
            "annotations": {UNTOUCHED: "none"}}});
    if fate == "leaving" {
        pod["metadata"]["finalizers"] = json!(["dogwatch.io/still-leaving"]);
    }
    pod
}

/// The annotation that keeps the kubelet away from an object.
pub(super) fn untouched() -> Value {
    json!({UNTOUCHED: "none"})
}
