//! The controllers: rollouts and their failures, played on virtual time.

use std::time::Duration;

use dogwatch_sandbox::{Clock, Controllers, Sandbox};
use serde_json::{Value, json};

use crate::{Cluster, NOW, deployment};

fn node(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name},
        "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "20"},
            "conditions": [{"type": "Ready", "status": "True"}]}})
}

fn played(script: &Value) -> Value {
    let mut object = deployment("web");
    object["spec"]["template"]["metadata"]["annotations"] =
        json!({"sandbox.dogwatch.io/kubelet": script.to_string()});
    object
}

fn stage(objects: Vec<Value>) -> Sandbox {
    let builder = Sandbox::builder().clock(Clock::Frozen(NOW.parse().unwrap()));
    builder
        .controllers(Controllers::On)
        .object(node("n1"))
        .objects(objects)
        .build()
}

fn web(sandbox: &Sandbox) -> Value {
    sandbox.get("deployments.apps", "shop", "web").unwrap()
}

fn condition(object: &Value, kind: &str) -> Value {
    let conditions = object["status"]["conditions"].as_array().unwrap();
    conditions
        .iter()
        .find(|c| c["type"] == kind)
        .unwrap()
        .clone()
}

async fn items(sandbox: &Sandbox, path: &str) -> Vec<Value> {
    let server = sandbox.serve("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let list: Value = client
        .get(format!("{}{path}", server.url()))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    list["items"].as_array().unwrap().clone()
}

async fn reasons(sandbox: &Sandbox) -> Vec<String> {
    let events = items(sandbox, "/api/v1/events").await;
    events
        .iter()
        .map(|e| e["reason"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_deployment_becomes_available() {
    let sandbox = stage(vec![deployment("web")]);
    sandbox.advance(Duration::from_mins(1));
    let web = web(&sandbox);
    assert_eq!(web["status"]["availableReplicas"], 2, "{web}");
    assert_eq!(condition(&web, "Available")["status"], "True");
    assert_eq!(
        condition(&web, "Progressing")["reason"],
        "NewReplicaSetAvailable"
    );
    assert_eq!(
        web["metadata"]["annotations"]["deployment.kubernetes.io/revision"],
        "1"
    );
    let seen = reasons(&sandbox).await;
    for reason in [
        "ScalingReplicaSet",
        "SuccessfulCreate",
        "Scheduled",
        "Pulled",
        "Started",
    ] {
        assert!(seen.iter().any(|r| r == reason), "{reason} in {seen:?}");
    }
    let pods = items(&sandbox, "/api/v1/pods").await;
    assert!(pods.iter().all(|pod| pod["status"]["phase"] == "Running"));
}

#[tokio::test]
async fn a_bad_image_stops_the_rollout_at_its_margins() {
    let sandbox = stage(vec![deployment("web")]);
    sandbox.advance(Duration::from_mins(1));
    let cluster = Cluster::of(sandbox.clone()).await;
    let path = "/apis/apps/v1/namespaces/shop/deployments/web";
    let script = json!({"*": {"play": "pull-error", "message": "not found"}}).to_string();
    let change = json!({"spec": {"template": {
        "metadata": {"annotations": {"sandbox.dogwatch.io/kubelet": script}},
        "spec": {"containers": [{"name": "main", "image": "web:2"}]}}}});
    let (status, _) = cluster
        .patch(path, "strategic-merge-patch+json", &change)
        .await;
    assert_eq!(status, 200);
    sandbox.advance(Duration::from_mins(15));
    let web = web(&sandbox);
    assert_eq!(web["status"]["updatedReplicas"], 1, "one pod of surge");
    assert_eq!(web["status"]["availableReplicas"], 2, "the old pods stay");
    assert_eq!(
        condition(&web, "Progressing")["reason"],
        "ProgressDeadlineExceeded"
    );
    let (_, pods) = cluster.get("/api/v1/namespaces/shop/pods").await;
    let waits = |pod: &Value| {
        pod["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == "ImagePullBackOff"
    };
    assert_eq!(
        pods["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|pod| waits(pod))
            .count(),
        1
    );
    let (_, events) = cluster.get("/api/v1/events").await;
    let back_off = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["reason"] == "BackOff");
    let back_off = back_off.unwrap();
    assert!(back_off["count"].as_i64().unwrap() > 3);
    assert_eq!(
        back_off["involvedObject"]["fieldPath"],
        "spec.containers{main}"
    );
}

#[tokio::test]
async fn a_crash_loop_has_restarts_last_state_and_log() {
    let script = json!({"main": {"play": "crash", "exit_code": 3, "log": "cannot open config"}});
    let sandbox = stage(vec![played(&script)]);
    sandbox.advance(Duration::from_mins(5));
    let cluster = Cluster::of(sandbox.clone()).await;
    let (_, pods) = cluster.get("/api/v1/namespaces/shop/pods").await;
    let pod = &pods["items"][0];
    let status = &pod["status"]["containerStatuses"][0];
    assert!(status["restartCount"].as_i64().unwrap() >= 3, "{status}");
    assert_eq!(status["lastState"]["terminated"]["exitCode"], 3);
    let name = pod["metadata"]["name"].as_str().unwrap();
    let path = format!("/api/v1/namespaces/shop/pods/{name}/log?previous=true");
    let log = cluster
        .request(reqwest::Method::GET, &path)
        .send()
        .await
        .unwrap();
    assert!(log.text().await.unwrap().contains("cannot open config"));
    assert_eq!(condition(&web(&sandbox), "Available")["status"], "False");
}

#[tokio::test]
async fn pods_that_do_not_fit_say_why() {
    let mut big = deployment("web");
    big["spec"]["template"]["spec"]["containers"][0]["resources"] =
        json!({"requests": {"cpu": "9"}});
    let mut tainted = node("n2");
    tainted["spec"] = json!({"taints": [{"key": "gpu", "effect": "NoSchedule"}]});
    let sandbox = stage(vec![big, tainted]);
    sandbox.advance(Duration::from_secs(5));
    let events = items(&sandbox, "/api/v1/events").await;
    let refused = events
        .iter()
        .find(|e| e["reason"] == "FailedScheduling")
        .unwrap();
    assert_eq!(
        refused["message"],
        "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). \
         preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 \
         Preemption is not helpful for scheduling."
    );
}

#[tokio::test]
async fn a_quota_refuses_pods() {
    let quota = json!({"apiVersion": "v1", "kind": "ResourceQuota",
        "metadata": {"name": "small", "namespace": "shop"}, "spec": {"hard": {"pods": "1"}}});
    let sandbox = stage(vec![deployment("web"), quota]);
    sandbox.advance(Duration::from_mins(2));
    let web = web(&sandbox);
    let failure = condition(&web, "ReplicaFailure");
    assert_eq!(failure["reason"], "FailedCreate");
    let message = failure["message"].as_str().unwrap();
    let quota = "exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1";
    assert!(message.contains(quota), "{message}");
    assert_eq!(web["status"]["replicas"], 1);
}

#[tokio::test]
async fn probes_memory_and_missing_configuration() {
    for (seconds, play, waiting, event) in [
        (25, json!({"play": "oom"}), "CrashLoopBackOff", "BackOff"),
        (
            35,
            json!({"play": "probe-fail", "kind": "liveness", "message": "timeout"}),
            "",
            "Killing",
        ),
        (
            35,
            json!({"play": "probe-fail", "kind": "readiness", "message": "503"}),
            "",
            "Unhealthy",
        ),
        (
            35,
            json!({"play": "never-start", "reason": "CreateContainerConfigError",
                "message": "configmap \"web\" not found"}),
            "CreateContainerConfigError",
            "Failed",
        ),
    ] {
        let sandbox = stage(vec![played(&json!({"main": play}))]);
        sandbox.advance(Duration::from_secs(seconds));
        let pods = items(&sandbox, "/api/v1/pods").await;
        let state = &pods[0]["status"]["containerStatuses"][0]["state"];
        if !waiting.is_empty() {
            assert_eq!(state["waiting"]["reason"], waiting, "{play}");
        }
        assert!(
            reasons(&sandbox).await.iter().any(|r| r == event),
            "{play}: {event}"
        );
    }
}

#[tokio::test]
async fn the_same_story_gives_the_same_bytes() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let sandbox = stage(vec![played(&json!({"main": {"play": "crash"}}))]);
        sandbox.advance(Duration::from_mins(10));
        runs.push((
            items(&sandbox, "/api/v1/pods").await,
            items(&sandbox, "/api/v1/events").await,
        ));
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn scaling_down_and_deleting_remove_pods() {
    let sandbox = stage(vec![deployment("web")]);
    sandbox.advance(Duration::from_mins(1));
    let cluster = Cluster::of(sandbox).await;
    let path = "/apis/apps/v1/namespaces/shop/deployments/web";
    let change = json!({"spec": {"replicas": 1}});
    let scaled = cluster
        .patch(&format!("{path}/scale"), "merge-patch+json", &change)
        .await;
    assert_eq!(scaled.0, 200, "{}", scaled.1);
    assert_eq!(cluster.names("/api/v1/namespaces/shop/pods").await.len(), 1);
    cluster
        .send(reqwest::Method::DELETE, path, &json!({}))
        .await;
    assert_eq!(cluster.names("/api/v1/namespaces/shop/pods").await.len(), 0);
    assert_eq!(cluster.names("/apis/apps/v1/replicasets").await.len(), 0);
}

#[tokio::test]
async fn a_rollback_takes_the_old_set_again() {
    let sandbox = stage(vec![deployment("web")]);
    sandbox.advance(Duration::from_mins(1));
    let cluster = Cluster::of(sandbox.clone()).await;
    let path = "/apis/apps/v1/namespaces/shop/deployments/web";
    for image in ["web:2", "web:1"] {
        // A typed client sends empty objects along, which must not make another template.
        let change = json!([
            {"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": image},
            {"op": "add", "path": "/spec/template/spec/containers/0/resources", "value": {}}]);
        cluster.patch(path, "json-patch+json", &change).await;
        sandbox.advance(Duration::from_mins(1));
    }
    assert_eq!(cluster.names("/apis/apps/v1/replicasets").await.len(), 2);
    let web = web(&sandbox);
    assert_eq!(
        web["metadata"]["annotations"]["deployment.kubernetes.io/revision"],
        "3"
    );
    assert_eq!(
        condition(&web, "Progressing")["reason"],
        "NewReplicaSetAvailable"
    );
}

#[tokio::test]
async fn objects_of_absurd_shape_do_not_stop_the_controllers() {
    for value in [json!("text"), json!([1]), json!(7), json!(i64::MAX)] {
        let object = |api_version: &str, kind: &str, spec: &Value| {
            json!({"apiVersion": api_version, "kind": kind, "spec": spec, "status": value,
                "metadata": {"name": "odd", "namespace": "shop", "annotations": value}})
        };
        let spec = json!({"replicas": 1, "selector": value, "minReadySeconds": value,
            "progressDeadlineSeconds": value, "template": value, "strategy": value});
        let pod = json!({"nodeName": "n1", "containers": [value]});
        let sandbox = stage(vec![
            object("apps/v1", "Deployment", &value),
            object("apps/v1", "ReplicaSet", &spec),
            object("v1", "Pod", &pod),
            deployment("web"),
        ]);
        sandbox.advance(Duration::from_mins(1));
        assert_eq!(web(&sandbox)["status"]["availableReplicas"], 2, "{value}");
    }
}
