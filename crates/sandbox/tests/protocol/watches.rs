//! watch: events, bookmarks, selectors, expiry.

use futures::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Cluster, PODS, pod};

/// Reads events of a watch that ends by itself.
async fn events(cluster: &Cluster, query: &str) -> Vec<Value> {
    let path = format!("{PODS}?watch=true&timeoutSeconds=1&{query}");
    let text = cluster
        .request(Method::GET, &path)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn summary(events: &[Value]) -> Vec<String> {
    let name = |event: &Value| {
        event["object"]["metadata"]["name"]
            .as_str()
            .unwrap_or("-")
            .to_owned()
    };
    events
        .iter()
        .map(|e| format!("{} {}", e["type"].as_str().unwrap(), name(e)))
        .collect()
}

async fn revision(cluster: &Cluster) -> String {
    cluster.get(PODS).await.1["metadata"]["resourceVersion"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn changes_arrive_while_the_watch_is_open() {
    let cluster = Cluster::with(vec![pod("a", "web")]).await;
    let from = revision(&cluster).await;
    let path = format!("{PODS}?watch=true&resourceVersion={from}");
    let watch = cluster.request(Method::GET, &path).send().await.unwrap();
    let mut stream = watch.bytes_stream();
    cluster.send(Method::POST, PODS, &pod("b", "web")).await;
    let event: Value = serde_json::from_slice(&stream.next().await.unwrap().unwrap()).unwrap();
    assert_eq!(summary(&[event]), ["ADDED b"]);
    cluster
        .send(Method::DELETE, &format!("{PODS}/b"), &json!({}))
        .await;
    let event: Value = serde_json::from_slice(&stream.next().await.unwrap().unwrap()).unwrap();
    assert_eq!(summary(&[event]), ["DELETED b"]);
}

#[tokio::test]
async fn a_watch_resumes_from_a_revision() {
    let cluster = Cluster::with(vec![pod("a", "web")]).await;
    let from = revision(&cluster).await;
    cluster.send(Method::POST, PODS, &pod("b", "web")).await;
    let labels = json!({"metadata": {"labels": {"app": "db"}}});
    cluster
        .patch(&format!("{PODS}/b"), "merge-patch+json", &labels)
        .await;
    let all = events(&cluster, &format!("resourceVersion={from}")).await;
    assert_eq!(summary(&all), ["ADDED b", "MODIFIED b"]);
    let query = format!("resourceVersion={from}&labelSelector=app%3Dweb");
    let selected = events(&cluster, &query).await;
    assert_eq!(summary(&selected), ["ADDED b", "DELETED b"]);
    assert_eq!(selected[1]["object"]["metadata"]["labels"]["app"], "web");
}

#[tokio::test]
async fn without_a_revision_the_present_comes_first() {
    let cluster = Cluster::with(vec![pod("a", "web"), pod("b", "db")]).await;
    assert_eq!(summary(&events(&cluster, "").await), ["ADDED a", "ADDED b"]);
    let query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    let initial = events(&cluster, query).await;
    assert_eq!(summary(&initial), ["ADDED a", "ADDED b", "BOOKMARK -"]);
    let annotation = &initial[2]["object"]["metadata"]["annotations"];
    assert_eq!(annotation["k8s.io/initial-events-end"], "true");
}

#[tokio::test]
async fn a_revision_from_before_the_recording_is_too_old() {
    let mut old = pod("a", "web");
    old["metadata"]["resourceVersion"] = json!("5000");
    let cluster = Cluster::with(vec![old]).await;
    let events = events(&cluster, "resourceVersion=17").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "ERROR");
    assert_eq!(events[0]["object"]["code"], 410);
}

#[tokio::test]
async fn tables_and_metadata_are_watched_too() {
    let cluster = Cluster::with(vec![pod("a", "web")]).await;
    let path = format!("{PODS}?watch=true&timeoutSeconds=1");
    for (accept, kind) in [
        ("application/json;as=Table;g=meta.k8s.io;v=v1", "Table"),
        (
            "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
            "PartialObjectMetadata",
        ),
    ] {
        let request = cluster.request(Method::GET, &path).header("accept", accept);
        let text = request.send().await.unwrap().text().await.unwrap();
        let event: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(event["object"]["kind"], kind);
    }
}
