//! Deployments, DaemonSets, their Pods and autoscalers.

use serde_json::{Value, json};

use super::{Everyday, condition, merge, owned_by};

pub(super) fn scaled_to_zero(day: &mut Everyday) {
    let app = Everyday::app(1);
    let none = json!({"spec": {"replicas": 0}, "status": {"replicas": 0, "readyReplicas": 0,
        "updatedReplicas": 0, "availableReplicas": 0, "unavailableReplicas": null}});
    merge(day.of("Deployment", &app), &none);
    merge(day.replica_set(1), &none);
    merge(
        day.of("EndpointSlice", &format!("{app}-x")),
        &json!({"endpoints": []}),
    );
    let start = format!("{app}-");
    day.objects.retain(|object| {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        object["kind"] != "Pod" || !name.starts_with(&start)
    });
}

/// A second version of which two Pods are Ready and one comes up.
pub(super) fn rollout_under_way(day: &mut Everyday) {
    let app = Everyday::app(2);
    let begun = "2026-03-01T09:59:20Z";
    let deployment = json!({
        "metadata": {"generation": 2, "annotations": {"deployment.kubernetes.io/revision": "2"}},
        "spec": {"template": {"spec": {"priority": null, "terminationGracePeriodSeconds": 31}}},
        "status": {"observedGeneration": 2, "replicas": 12, "updatedReplicas": 3,
            "readyReplicas": 11, "availableReplicas": 11, "unavailableReplicas": 1,
            "conditions": [condition("Available", "True", "MinimumReplicasAvailable", begun),
                condition("Progressing", "True", "ReplicaSetUpdated", begun)]}});
    merge(day.of("Deployment", &app), &deployment);
    let old = json!({"spec": {"replicas": 9},
        "status": {"replicas": 9, "readyReplicas": 9, "availableReplicas": 9}});
    let replica_set = day.replica_set(2);
    let mut newer = replica_set.clone();
    merge(replica_set, &old);
    let name = format!("{app}-ffffffff");
    let hash = json!({"pod-template-hash": "ffffffff"});
    merge(
        &mut newer,
        &json!({"metadata": {"name": name, "uid": format!("ReplicaSet-{name}"), "labels": hash,
                "creationTimestamp": begun,
                "annotations": {"deployment.kubernetes.io/revision": "2"}},
            "spec": {"replicas": 3, "selector": {"matchLabels": hash},
                "template": {"metadata": {"labels": hash},
                    "spec": {"terminationGracePeriodSeconds": 31}}},
            "status": {"replicas": 3, "readyReplicas": 2, "availableReplicas": 2,
                "fullyLabeledReplicas": 3}}),
    );
    day.objects.push(newer);
    let gone = day.pods(2)[0]["metadata"]["name"].clone();
    for number in 0..3 {
        let owner = owned_by("ReplicaSet", &name, "apps/v1");
        let mut fields = json!({"metadata": {"labels": hash, "ownerReferences": owner,
            "creationTimestamp": begun}});
        if number == 2 {
            merge(&mut fields, &json!({"status": coming_up(begun)}));
        }
        day.add_pod_like(2, &format!("{name}-{number}"), &fields);
    }
    day.objects
        .retain(|object| object["kind"] != "Pod" || object["metadata"]["name"] != gone);
}

/// A Pod that runs and is not Ready yet.
fn coming_up(at: &str) -> Value {
    json!({"startTime": at,
        "conditions": [condition("PodScheduled", "True", "", at),
            condition("Initialized", "True", "", at),
            condition("Ready", "False", "ContainersNotReady", at),
            condition("ContainersReady", "False", "ContainersNotReady", at)],
        "containerStatuses": [{"name": "main", "ready": false, "started": true,
            "restartCount": 0, "image": "registry.example/app:1.4.2",
            "state": {"running": {"startedAt": "2026-03-01T09:59:40Z"}}}]})
}

pub(super) fn rollout_done(day: &mut Everyday) {
    let mut older = day.replica_set(3).clone();
    let name = format!("{}-00000000", Everyday::app(3));
    let hash = json!({"pod-template-hash": "00000000"});
    merge(
        &mut older,
        &json!({"metadata": {"name": name, "uid": name, "labels": hash,
                "creationTimestamp": "2026-03-01T07:00:00Z"},
            "spec": {"replicas": 0, "selector": {"matchLabels": hash},
                "template": {"metadata": {"labels": hash},
                    "spec": {"terminationGracePeriodSeconds": 29}}},
            "status": {"replicas": 0, "readyReplicas": 0, "availableReplicas": 0,
                "fullyLabeledReplicas": 0}}),
    );
    day.objects.push(older);
    let second = json!({"metadata": {"annotations": {"deployment.kubernetes.io/revision": "2"}}});
    merge(day.replica_set(3), &second);
    merge(day.of("Deployment", &Everyday::app(3)), &second);
}

pub(super) fn rollout_paused(day: &mut Everyday) {
    let at = "2026-03-01T08:30:00Z";
    let paused = json!({"spec": {"paused": true}, "status": {"conditions": [
        condition("Available", "True", "MinimumReplicasAvailable", at),
        condition("Progressing", "Unknown", "DeploymentPaused", at)]}});
    merge(day.of("Deployment", &Everyday::app(4)), &paused);
}

/// One Pod was deleted twenty seconds ago; the time at which it has to be gone is set.
pub(super) fn pods_end(day: &mut Everyday) {
    let mut pods = day.pods(5);
    let mut next = pods[0].clone();
    let ending = json!({"metadata": {"deletionTimestamp": "2026-03-01T10:00:10Z",
        "deletionGracePeriodSeconds": 30}});
    merge(pods[0], &ending);
    let at = "2026-03-01T09:59:40Z";
    merge(
        &mut next,
        &json!({"metadata": {"name": format!("{}-next", Everyday::app(5)), "uid": "pod-next",
            "creationTimestamp": at}, "status": coming_up(at)}),
    );
    day.objects.push(next);
    let less = json!({"status": {"readyReplicas": 9, "availableReplicas": 9,
        "unavailableReplicas": 1}});
    merge(day.of("Deployment", &Everyday::app(5)), &less);
    merge(
        day.replica_set(5),
        &json!({"status": {"readyReplicas": 9, "availableReplicas": 9}}),
    );
}

/// A Pod of an application that has grown by one half a minute ago.
pub(super) fn pod_pulls(day: &mut Everyday) {
    let app = Everyday::app(6);
    let at = "2026-03-01T09:59:30Z";
    let waiting = json!({"name": "main", "ready": false, "started": false, "restartCount": 0,
        "image": "registry.example/app:1.4.2", "imageID": "",
        "state": {"waiting": {"reason": "ContainerCreating"}}});
    let name = format!("{app}-pulls");
    let mut status = coming_up(at);
    merge(
        &mut status,
        &json!({"phase": "Pending", "containerStatuses": [waiting]}),
    );
    day.add_pod_like(
        6,
        &name,
        &json!({"metadata": {"creationTimestamp": at}, "status": status}),
    );
    let more = json!({"metadata": {"generation": 2}, "spec": {"replicas": 11},
        "status": {"observedGeneration": 2, "replicas": 11, "unavailableReplicas": 1}});
    let mut of_deployment = more.clone();
    merge(
        &mut of_deployment,
        &json!({"status": {"updatedReplicas": 11, "conditions": [
            condition("Available", "True", "MinimumReplicasAvailable", at),
            condition("Progressing", "True", "NewReplicaSetAvailable", at)]}}),
    );
    merge(day.of("Deployment", &app), &of_deployment);
    merge(day.replica_set(6), &more);
    let pod = day.of("Pod", &name).clone();
    let words = (
        "kubelet",
        "Pulling",
        "Pulling image \"registry.example/app:1.4.2\"",
    );
    day.add_event(&pod, words, at);
}

pub(super) fn probe_failed_at_start(day: &mut Everyday) {
    let pod = day.pods(7)[0].clone();
    let words = "Readiness probe failed: Get \"http://10.0.7.1:8080/ready\": dial tcp \
                 10.0.7.1:8080: connect: connection refused";
    day.add_event(
        &pod,
        ("kubelet", "Unhealthy", words),
        "2026-03-01T08:00:05Z",
    );
}

/// One blip of a Pod that is Ready.
pub(super) fn probe_failed_once(day: &mut Everyday) {
    let pod = day.pods(7)[3].clone();
    let words = "Readiness probe failed: Get \"http://10.0.7.4:8080/ready\": context deadline \
                 exceeded (Client.Timeout exceeded while awaiting headers)";
    let words = ("kubelet", "Unhealthy", words);
    day.add_event(&pod, words, "2026-03-01T09:59:00Z");
}

pub(super) fn waited_long_ago(day: &mut Everyday) {
    let pod = day.pods(7)[1].clone();
    let words = "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are \
                 available: 3 No preemption victims found for incoming pod.";
    let words = ("default-scheduler", "FailedScheduling", words);
    day.add_event(&pod, words, "2026-03-01T08:00:01Z");
}

pub(super) fn restarted_once(day: &mut Everyday) {
    let mut pods = day.pods(7);
    merge(
        pods[2],
        &json!({"metadata": {"creationTimestamp": "2026-02-20T08:00:00Z"}}),
    );
    let status = &mut pods[2]["status"]["containerStatuses"][0];
    merge(
        status,
        &json!({"restartCount": 1, "lastState": {"terminated": {"exitCode": 137,
            "reason": "OOMKilled", "startedAt": "2026-02-20T08:00:00Z",
            "finishedAt": "2026-02-28T09:00:00Z"}},
            "state": {"running": {"startedAt": "2026-02-28T09:00:05Z"}}}),
    );
}

fn autoscaler(day: &mut Everyday, app: usize, rest: &Value) {
    let name = Everyday::app(app);
    let resource = |what: &str| {
        json!({"name": "cpu", what: {"type": "Utilization", "averageUtilization": 70,
            "averageValue": "20m"}})
    };
    let mut all = json!({
        "spec": {"minReplicas": 10, "maxReplicas": 20,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "metrics": [{"type": "Resource", "resource": resource("target")}]},
        "status": {"currentReplicas": 10, "desiredReplicas": 10}});
    merge(&mut all, rest);
    day.add("autoscaling/v2", "HorizontalPodAutoscaler", &name, &all);
}

pub(super) fn autoscaler_at_minimum(day: &mut Everyday) {
    let at = "2026-03-01T08:05:00Z";
    autoscaler(
        day,
        8,
        &json!({"status": {
            "currentMetrics": [{"type": "Resource", "resource": {"name": "cpu",
                "current": {"averageUtilization": 12, "averageValue": "12m"}}}],
            "conditions": [condition("AbleToScale", "True", "ReadyForNewScale", at),
                condition("ScalingActive", "True", "ValidMetricFound", at),
                condition("ScalingLimited", "True", "TooFewReplicas", at)]}}),
    );
}

pub(super) fn autoscaler_is_new(day: &mut Everyday) {
    let at = "2026-03-01T09:59:30Z";
    autoscaler(
        day,
        9,
        &json!({"metadata": {"creationTimestamp": at}, "status": {"conditions": [
            condition("AbleToScale", "True", "SucceededGetScale", at),
            condition("ScalingActive", "False", "FailedGetResourceMetric", at)]}}),
    );
}

/// One replica behind a budget of one: every drain will ask, and nothing is wrong now.
pub(super) fn single_replica_budget(day: &mut Everyday) {
    let labels = json!({"app.kubernetes.io/name": "alone", "pod-template-hash": "11111111"});
    let template = json!({"metadata": {"labels": labels},
        "spec": {"containers": [{"name": "main", "image": "registry.example/app:1.4.2"}]}});
    let one = json!({"observedGeneration": 1, "replicas": 1, "readyReplicas": 1,
        "availableReplicas": 1, "updatedReplicas": 1});
    let spec = json!({"replicas": 1, "selector": {"matchLabels": labels}, "template": template});
    day.add(
        "apps/v1",
        "Deployment",
        "alone",
        &json!({"spec": spec, "status": one}),
    );
    let owner = owned_by("Deployment", "alone", "apps/v1");
    day.add(
        "apps/v1",
        "ReplicaSet",
        "alone-11111111",
        &json!({"metadata": {"labels": labels, "ownerReferences": owner}, "spec": spec,
            "status": one}),
    );
    let owner = owned_by("ReplicaSet", "alone-11111111", "apps/v1");
    day.add_pod_like(
        10,
        "alone-11111111-aaaaa",
        &json!({"metadata": {"labels": labels, "ownerReferences": owner}}),
    );
    day.add(
        "policy/v1",
        "PodDisruptionBudget",
        "alone",
        &json!({"spec": {"minAvailable": 1,
                "selector": {"matchLabels": {"app.kubernetes.io/name": "alone"}}},
            "status": {"observedGeneration": 1, "disruptionsAllowed": 0, "currentHealthy": 1,
                "desiredHealthy": 1, "expectedPods": 1, "conditions": [condition(
                    "DisruptionAllowed", "False", "InsufficientPods", "2026-03-01T08:00:10Z")]}}),
    );
}

pub(super) fn daemon_set(day: &mut Everyday) {
    let nodes: Vec<String> = day
        .objects
        .iter()
        .filter(|object| object["kind"] == "Node")
        .filter_map(|node| Some(node["metadata"]["name"].as_str()?.to_owned()))
        .filter(|name| name.starts_with("node-"))
        .collect();
    let labels = json!({"app.kubernetes.io/name": "agent", "controller-revision-hash": "77",
        "pod-template-generation": "1", "pod-template-hash": null});
    let tolerations = json!([{"operator": "Exists"}]);
    day.add(
        "apps/v1",
        "DaemonSet",
        "agent",
        &json!({"spec": {"selector": {"matchLabels": {"app.kubernetes.io/name": "agent"}},
                "template": {"metadata": {"labels": {"app.kubernetes.io/name": "agent"}},
                    "spec": {"tolerations": tolerations, "containers": [
                        {"name": "main", "image": "registry.example/agent:1.0.0"}]}}},
            "status": {"observedGeneration": 1, "desiredNumberScheduled": nodes.len(),
                "currentNumberScheduled": nodes.len(), "numberReady": nodes.len(),
                "numberAvailable": nodes.len(), "updatedNumberScheduled": nodes.len()}}),
    );
    day.add(
        "apps/v1",
        "ControllerRevision",
        "agent-77",
        &json!({"metadata": {"labels": {"app.kubernetes.io/name": "agent",
                "controller-revision-hash": "77"},
            "ownerReferences": owned_by("DaemonSet", "agent", "apps/v1")}, "revision": 1}),
    );
    for node in nodes {
        let owner = owned_by("DaemonSet", "agent", "apps/v1");
        day.add_pod_like(
            0,
            &format!("agent-{node}"),
            &json!({"metadata": {"labels": labels, "ownerReferences": owner},
                "spec": {"nodeName": node, "tolerations": tolerations}}),
        );
    }
}
