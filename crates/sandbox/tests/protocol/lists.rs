//! get and list: selectors, paging, representations, gzip, errors.

use dogwatch_sandbox::load;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Cluster, PODS, builder, pod};

async fn five() -> Cluster {
    let pods = ["a", "b", "c", "d", "e"];
    let app = |name: &str| if name < "c" { "web" } else { "db" };
    Cluster::with(pods.iter().map(|name| pod(name, app(name))).collect()).await
}

#[tokio::test]
async fn selectors_restrict_lists() {
    let cluster = five().await;
    for (query, expected) in [
        ("labelSelector=app%3Dweb", vec!["a", "b"]),
        ("labelSelector=app%20notin%20(web)", vec!["c", "d", "e"]),
        ("fieldSelector=metadata.name%3Dd", vec!["d"]),
        (
            "fieldSelector=spec.nodeName%3Dn1&labelSelector=app%3Ddb",
            vec!["c", "d", "e"],
        ),
        ("fieldSelector=status.phase!%3DRunning", vec![]),
    ] {
        assert_eq!(
            cluster.names(&format!("{PODS}?{query}")).await,
            expected,
            "{query}"
        );
    }
    let (status, error) = cluster.get("/api/v1/pods?labelSelector=a%20b").await;
    assert_eq!((status, &error["reason"]), (400, &json!("BadRequest")));
}

#[tokio::test]
async fn pages_are_consistent_while_objects_change() {
    let cluster = five().await;
    let (_, first) = cluster.get(&format!("{PODS}?limit=2")).await;
    assert_eq!(first["metadata"]["remainingItemCount"], 3);
    let token = first["metadata"]["continue"].as_str().unwrap().to_owned();
    cluster
        .send(Method::DELETE, &format!("{PODS}/d"), &json!({}))
        .await;
    cluster.send(Method::POST, PODS, &pod("bb", "web")).await;
    let (_, second) = cluster
        .get(&format!("{PODS}?limit=2&continue={token}"))
        .await;
    let names = |list: &Value| -> Vec<String> {
        let items = list["items"].as_array().unwrap().iter();
        items
            .map(|i| i["metadata"]["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&second), ["c", "d"]);
    assert_eq!(
        second["metadata"]["resourceVersion"],
        first["metadata"]["resourceVersion"]
    );
    let token = second["metadata"]["continue"].as_str().unwrap();
    let (_, last) = cluster
        .get(&format!("{PODS}?limit=2&continue={token}"))
        .await;
    assert_eq!(names(&last), ["e"]);
    assert_eq!(last["metadata"].get("continue"), None);
    assert_eq!(cluster.names(PODS).await, ["a", "b", "bb", "c", "e"]);
}

#[tokio::test]
async fn an_old_continue_token_expires() {
    let cluster = five().await;
    let (_, first) = cluster.get(&format!("{PODS}?limit=2")).await;
    let token = first["metadata"]["continue"].as_str().unwrap().to_owned();
    for index in 0..1100 {
        let labels = json!({"metadata": {"labels": {"n": index.to_string()}}});
        let path = format!("{PODS}/a");
        let (status, _) = cluster.patch(&path, "merge-patch+json", &labels).await;
        assert_eq!(status, 200);
    }
    let (status, error) = cluster
        .get(&format!("{PODS}?limit=2&continue={token}"))
        .await;
    assert_eq!((status, &error["reason"]), (410, &json!("Expired")));
    let fresh = error["metadata"]["continue"].as_str().unwrap();
    let names = cluster.names(&format!("{PODS}?continue={fresh}")).await;
    assert_eq!(names, ["c", "d", "e"]);
    let (status, _) = cluster.get(&format!("{PODS}?continue=nonsense")).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn metadata_only_is_negotiated() {
    let cluster = five().await;
    let one = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    let object = cluster.get_as(&format!("{PODS}/a"), one).await;
    assert_eq!(object["kind"], "PartialObjectMetadata");
    assert_eq!(
        (object.get("spec"), &object["metadata"]["name"]),
        (None, &json!("a"))
    );
    let many = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    let list = cluster.get_as(PODS, many).await;
    assert_eq!(list["kind"], "PartialObjectMetadataList");
    assert_eq!(list["items"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn large_answers_are_compressed_and_equal() {
    let cluster = Cluster::start(builder().objects(load::cluster(200, 1))).await;
    let raw = reqwest::Client::builder()
        .no_proxy()
        .no_gzip()
        .build()
        .unwrap();
    let url = format!("{}/api/v1/pods", cluster.server.url());
    let zipped = raw
        .get(&url)
        .header("accept-encoding", "gzip")
        .send()
        .await
        .unwrap();
    assert_eq!(zipped.headers()["content-encoding"], "gzip");
    let plain = raw.get(&url).send().await.unwrap();
    assert_eq!(plain.headers().get("content-encoding"), None);
    let plain = plain.bytes().await.unwrap();
    assert!(zipped.bytes().await.unwrap().len() * 3 < plain.len());
    let (_, list) = cluster.get("/api/v1/pods").await;
    assert_eq!(list, serde_json::from_slice::<Value>(&plain).unwrap());
    assert_eq!(list["items"].as_array().unwrap().len(), 200);
}

#[tokio::test]
async fn errors_are_worded_as_in_kubernetes() {
    let cluster = five().await;
    let (status, error) = cluster.get(&format!("{PODS}/zzz")).await;
    assert_eq!(status, 404);
    assert_eq!(error["message"], "pods \"zzz\" not found");
    assert_eq!(error["details"], json!({"name": "zzz", "kind": "pods"}));
    let (_, error) = cluster
        .get("/apis/apps/v1/namespaces/shop/deployments/zzz")
        .await;
    assert_eq!(error["message"], "deployments.apps \"zzz\" not found");
    assert_eq!(error["details"]["group"], "apps");
    let (status, error) = cluster.get("/api/v1/unicorns").await;
    assert_eq!(status, 404);
    assert_eq!(
        error["message"],
        "the server could not find the requested resource"
    );
    let request = cluster
        .request(Method::GET, PODS)
        .header("accept", "application/yaml");
    assert_eq!(request.send().await.unwrap().status(), 406);
}

#[tokio::test]
async fn secrets_are_served_without_payload() {
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
        "metadata": {"name": "s", "namespace": "shop"}, "data": {"k": "c2VjcmV0"}});
    let cluster = Cluster::with(vec![secret.clone()]).await;
    let path = "/api/v1/namespaces/shop/secrets";
    let (_, object) = cluster.get(&format!("{path}/s")).await;
    assert_eq!(
        (object.get("data"), &object["type"]),
        (None, &json!("Opaque"))
    );
    let mut second = secret;
    second["metadata"]["name"] = json!("t");
    let (status, created) = cluster.send(Method::POST, path, &second).await;
    assert_eq!((status, created.get("data")), (201, None));
}

#[tokio::test]
async fn older_versions_and_both_event_groups_are_served() {
    let event = json!({"apiVersion": "events.k8s.io/v1", "kind": "Event", "note": "hello",
        "metadata": {"name": "e", "namespace": "shop"}, "regarding": {"uid": "u"}});
    let cron = json!({"apiVersion": "batch/v1beta1", "kind": "CronJob",
        "metadata": {"name": "c", "namespace": "shop"}, "spec": {"schedule": "* * * * *"}});
    let cluster = Cluster::with(vec![event, cron]).await;
    let path = "/api/v1/namespaces/shop/events?fieldSelector=involvedObject.uid%3Du";
    let (_, core) = cluster.get(path).await;
    assert_eq!(core["items"][0]["message"], "hello");
    let (_, newer) = cluster
        .get("/apis/events.k8s.io/v1/namespaces/shop/events/e")
        .await;
    assert_eq!(
        (&newer["note"], &newer["apiVersion"]),
        (&json!("hello"), &json!("events.k8s.io/v1"))
    );
    assert_eq!(cluster.names("/apis/batch/v1/cronjobs").await, ["c"]);
}

#[tokio::test]
async fn objects_without_type_or_name_are_counted() {
    let objects = [
        json!({"kind": "Pod"}),
        json!({"apiVersion": "v1", "kind": "Pod"}),
        json!(3),
    ];
    let sandbox = builder().objects(objects).object(pod("a", "web")).build();
    assert_eq!(sandbox.left_out(), 3);
}
