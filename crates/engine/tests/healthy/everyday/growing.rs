//! Workloads that grow, or change node by node.

use serde_json::{Value, json};

use super::{Everyday, condition, merge, owned_by};

const AT: &str = "2026-03-01T09:59:40Z";

/// A Pod whose container is being started.
fn starting(at: &str) -> Value {
    json!({"phase": "Pending", "startTime": at,
        "conditions": [condition("PodScheduled", "True", "", at),
            condition("Ready", "False", "ContainersNotReady", at)],
        "containerStatuses": [{"name": "main", "ready": false, "started": false,
            "restartCount": 0, "image": "registry.example/app:1.4.2",
            "state": {"waiting": {"reason": "ContainerCreating"}}}]})
}

/// Load came up: the autoscaler wants two Pods more, and they are being started.
pub(super) fn autoscaler_grows(day: &mut Everyday) {
    let app = Everyday::app(10);
    let more = json!({"metadata": {"generation": 2}, "spec": {"replicas": 12},
        "status": {"observedGeneration": 2, "replicas": 12}});
    merge(day.replica_set(10), &more);
    let deployment = day.of("Deployment", &app);
    merge(deployment, &more);
    merge(
        deployment,
        &json!({"status": {"updatedReplicas": 12, "unavailableReplicas": 2}}),
    );
    for number in 0..2 {
        day.add_pod_like(
            10,
            &format!("{app}-more-{number}"),
            &json!({"metadata": {"creationTimestamp": AT}, "status": starting(AT)}),
        );
    }
    let at = "2026-03-01T08:05:00Z";
    day.add(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        &app,
        &json!({"spec": {"minReplicas": 4, "maxReplicas": 20,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": app},
                "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target":
                    {"type": "Utilization", "averageUtilization": 70}}}]},
            "status": {"currentReplicas": 10, "desiredReplicas": 12, "lastScaleTime": AT,
                "conditions": [condition("AbleToScale", "True", "SucceededRescale", AT),
                    condition("ScalingActive", "True", "ValidMetricFound", at),
                    condition("ScalingLimited", "False", "DesiredWithinRange", at)]}}),
    );
}

/// One node has the new Pod, which is being started; the others have the old one.
pub(super) fn daemon_set_updates(day: &mut Everyday) {
    let name = json!({"app.kubernetes.io/name": "proxy"});
    day.add(
        "apps/v1",
        "DaemonSet",
        "proxy",
        &json!({"metadata": {"generation": 2},
            "spec": {"selector": {"matchLabels": name},
                "updateStrategy": {"type": "RollingUpdate",
                    "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
                "template": {"metadata": {"labels": name}, "spec": {"containers": [
                    {"name": "main", "image": "registry.example/proxy:2.0.0"}]}}},
            "status": {"observedGeneration": 2, "desiredNumberScheduled": 3,
                "currentNumberScheduled": 3, "numberReady": 2, "numberAvailable": 2,
                "numberUnavailable": 1, "updatedNumberScheduled": 1}}),
    );
    for (number, hash) in [(1, "old"), (2, "new")] {
        day.add(
            "apps/v1",
            "ControllerRevision",
            &format!("proxy-{hash}"),
            &json!({"metadata": {"labels": {"app.kubernetes.io/name": "proxy",
                    "controller-revision-hash": hash},
                "ownerReferences": owned_by("DaemonSet", "proxy", "apps/v1")},
                "revision": number}),
        );
    }
    for number in 0..3 {
        let hash = if number == 0 { "new" } else { "old" };
        let mut fields = json!({
            "metadata": {"ownerReferences": owned_by("DaemonSet", "proxy", "apps/v1"),
                "labels": {"app.kubernetes.io/name": "proxy", "pod-template-hash": null,
                    "controller-revision-hash": hash}},
            "spec": {"nodeName": format!("node-{number:04}"),
                "tolerations": [{"operator": "Exists"}]}});
        if number == 0 {
            let young = json!({"metadata": {"creationTimestamp": AT}, "status": starting(AT)});
            merge(&mut fields, &young);
        }
        day.add_pod_like(0, &format!("proxy-{number}"), &fields);
    }
}
