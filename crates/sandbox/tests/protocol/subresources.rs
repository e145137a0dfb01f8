//! status, scale, eviction and log.

use dogwatch_sandbox::LogKey;
use reqwest::Method;
use serde_json::json;

use crate::{Cluster, PODS, builder, deployment, pod};

const WEB: &str = "/apis/apps/v1/namespaces/shop/deployments/web";

#[tokio::test]
async fn status_and_spec_are_written_apart() {
    let cluster = Cluster::with(vec![deployment("web")]).await;
    let both = json!({"spec": {"replicas": 9}, "status": {"replicas": 7}});
    let (_, object) = cluster
        .patch(&format!("{WEB}/status"), "merge-patch+json", &both)
        .await;
    assert_eq!(
        (&object["spec"]["replicas"], &object["status"]["replicas"]),
        (&json!(2), &json!(7))
    );
    let (_, object) = cluster
        .patch(WEB, "merge-patch+json", &json!({"status": {"replicas": 1}}))
        .await;
    assert_eq!(object["status"]["replicas"], 7);
}

#[tokio::test]
async fn scale_reads_and_writes_replicas() {
    let cluster = Cluster::with(vec![deployment("web")]).await;
    let (_, mut scale) = cluster.get(&format!("{WEB}/scale")).await;
    assert_eq!(
        (&scale["kind"], &scale["status"]["selector"]),
        (&json!("Scale"), &json!("app=web"))
    );
    scale["spec"]["replicas"] = json!(5);
    let path = format!("{WEB}/scale");
    let (_, after) = cluster.send(Method::PUT, &path, &scale).await;
    assert_eq!(after["spec"]["replicas"], 5);
    let (status, _) = cluster.send(Method::PUT, &path, &scale).await;
    assert_eq!(status, 409, "the revision of the scale is stale");
    let negative = json!({"spec": {"replicas": -1}});
    assert_eq!(
        cluster.patch(&path, "merge-patch+json", &negative).await.0,
        422
    );
    assert_eq!(cluster.get(WEB).await.1["spec"]["replicas"], 5);
}

#[tokio::test]
async fn eviction_asks_the_disruption_budget() {
    let budget = json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
        "metadata": {"name": "pdb", "namespace": "shop"},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}},
        "status": {"disruptionsAllowed": 1, "currentHealthy": 2, "desiredHealthy": 1}});
    let cluster = Cluster::with(vec![pod("a", "web"), pod("b", "web"), budget]).await;
    let evict = |name: &'static str| {
        let body = json!({"apiVersion": "policy/v1", "kind": "Eviction",
            "metadata": {"name": name, "namespace": "shop"}});
        let cluster = &cluster;
        async move {
            cluster
                .send(Method::POST, &format!("{PODS}/{name}/eviction"), &body)
                .await
        }
    };
    assert_eq!(evict("a").await.0, 201);
    let (status, error) = evict("b").await;
    assert_eq!((status, &error["reason"]), (429, &json!("TooManyRequests")));
    assert_eq!(error["details"]["causes"][0]["reason"], "DisruptionBudget");
    assert_eq!(cluster.names(PODS).await, ["b"]);
}

#[tokio::test]
async fn logs_are_cut_as_asked() {
    let key = |previous| LogKey {
        namespace: "shop".to_owned(),
        pod: "a".to_owned(),
        container: "main".to_owned(),
        previous,
    };
    let lines = "2026-03-01T09:00:00Z one\n2026-03-01T09:59:30Z two\n2026-03-01T09:59:40Z three\n";
    let builder = builder().object(pod("a", "web")).object(pod("b", "web"));
    let cluster = Cluster::start(builder.log(key(false), lines)).await;
    let read = |query: &'static str| {
        let request = cluster.request(Method::GET, &format!("{PODS}/a/log?{query}"));
        async move { request.send().await.unwrap().text().await.unwrap() }
    };
    assert_eq!(read("").await, lines);
    assert_eq!(
        read("tailLines=1&follow=true").await,
        "2026-03-01T09:59:40Z three\n"
    );
    assert_eq!(read("sinceSeconds=60").await.lines().count(), 2);
    assert_eq!(read("sinceSeconds=5").await, "");
    assert_eq!(read("limitBytes=4").await, "2026");
    assert!(
        read("previous=true")
            .await
            .contains("previous terminated container")
    );
    assert!(
        read("container=x")
            .await
            .contains("container x is not valid for pod a")
    );
    let (status, error) = cluster.get(&format!("{PODS}/b/log")).await;
    assert_eq!(status, 404);
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("was not recorded")
    );
}
