//! Nodes, what runs the cluster, and what they left behind.

use serde_json::json;

use super::{Everyday, cluster_wide, condition, merge};

/// Somebody drains a node: it is cordoned since three minutes and the Pods on it end.
pub(super) fn drained(day: &mut Everyday) {
    let node = "node-0002";
    let taint = json!([{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule",
        "timeAdded": "2026-03-01T09:57:00Z"}]);
    merge(
        day.of("Node", node),
        &json!({"spec": {"unschedulable": true, "taints": taint}}),
    );
    let mut pods = day.pods(12);
    let ending = json!({"metadata": {"deletionTimestamp": "2026-03-01T10:00:15Z",
        "deletionGracePeriodSeconds": 30}});
    let mut next = pods[0].clone();
    merge(pods[0], &ending);
    merge(
        &mut next,
        &json!({"metadata": {"name": format!("{}-moved", Everyday::app(12)), "uid": "pod-moved",
            "creationTimestamp": "2026-03-01T09:59:00Z"}, "spec": {"nodeName": "node-0000"}}),
    );
    day.objects.push(next);
}

/// A node that registered half a minute ago: its network is not up yet.
pub(super) fn joins(day: &mut Everyday) {
    let at = "2026-03-01T09:59:30Z";
    let mut node = day.of("Node", "node-0000").clone();
    let mut ready = condition("Ready", "False", "KubeletNotReady", at);
    ready["message"] = json!(
        "container runtime network not ready: NetworkReady=false \
        reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not \
        initialized"
    );
    merge(
        &mut node,
        &json!({"metadata": {"name": "new-0001", "uid": "new-0001", "creationTimestamp": at,
                "labels": {"kubernetes.io/hostname": "new-0001"}},
            "spec": {"providerID": "example://new-0001", "taints": [
                {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"},
                {"key": "node.kubernetes.io/not-ready", "effect": "NoExecute", "timeAdded": at}]},
            "status": {"conditions": [
                condition("MemoryPressure", "False", "KubeletHasSufficientMemory", at),
                condition("DiskPressure", "False", "KubeletHasNoDiskPressure", at),
                condition("PIDPressure", "False", "KubeletHasSufficientPID", at),
                condition("NetworkUnavailable", "True", "NoRouteCreated", at), ready]}}),
    );
    day.objects.push(node);
}

/// Leases of nodes and of leaders, all renewed within seconds.
pub(super) fn leaders(day: &mut Everyday) {
    let lease = |holder: &str, namespace: &str| {
        json!({"metadata": {"namespace": namespace}, "spec": {"holderIdentity": holder,
            "leaseDurationSeconds": 15, "renewTime": "2026-03-01T09:59:57.000000Z"}})
    };
    for name in ["kube-controller-manager", "kube-scheduler"] {
        let holder = format!("node-0000_{name}");
        let rest = lease(&holder, "kube-system");
        day.add("coordination.k8s.io/v1", "Lease", name, &rest);
    }
    for name in ["node-0000", "node-0001", "node-0002"] {
        let rest = lease(name, "kube-node-lease");
        day.add("coordination.k8s.io/v1", "Lease", name, &rest);
    }
    for name in ["kube-system", "kube-node-lease"] {
        let rest = json!({"status": {"phase": "Active"}});
        day.add("v1", "Namespace", name, &cluster_wide(&rest));
    }
}

/// A node was short of memory one and a half hours ago. The Pod was replaced; nobody swept it away.
pub(super) fn old_eviction(day: &mut Everyday) {
    day.add_pod_like(
        11,
        &format!("{}-evicted", Everyday::app(11)),
        &json!({"metadata": {"creationTimestamp": "2026-03-01T08:00:00Z"},
            "status": {"phase": "Failed", "reason": "Evicted",
                "startTime": "2026-03-01T08:00:00Z",
                "message": "The node was low on resource: memory. Threshold quantity: 100Mi, \
                    available: 90Mi.", "conditions": [condition(
                        "DisruptionTarget", "True", "TerminationByKubelet",
                        "2026-03-01T08:30:00Z")],
                "containerStatuses": null}}),
    );
}

/// A kubelet that was upgraded half an hour ago.
pub(super) fn kubelet_restarted(day: &mut Everyday) {
    let mut node = day.of("Node", "node-0001").clone();
    // Kubelets write the name where the UID belongs.
    node["metadata"]["uid"] = json!("node-0001");
    node["metadata"]["namespace"] = json!("");
    for (reason, words) in [
        ("Starting", "Starting kubelet."),
        ("NodeReady", "Node node-0001 status is now: NodeReady"),
    ] {
        let words = ("kubelet", reason, words);
        day.add_event(&node, words, "2026-03-01T09:30:00Z");
    }
}
