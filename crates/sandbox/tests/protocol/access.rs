//! Denied verbs, access reviews and injected faults.

use std::time::{Duration, Instant};

use dogwatch_sandbox::{Effect, Fault};
use reqwest::Method;
use serde_json::json;

use crate::{Cluster, PODS, builder, pod};

#[tokio::test]
async fn denied_verbs_get_403_and_reviews_agree() {
    let builder = builder()
        .object(pod("a", "web"))
        .deny("list", "pods", "shop");
    let cluster = Cluster::start(builder).await;
    let (status, error) = cluster.get(PODS).await;
    assert_eq!(status, 403);
    assert_eq!(
        error["message"],
        "pods is forbidden: User \"sandbox\" cannot list resource \"pods\" in API group \"\" in \
         the namespace \"shop\""
    );
    assert_eq!(cluster.get(&format!("{PODS}/a")).await.0, 200);
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    for (verb, allowed) in [("list", false), ("get", true)] {
        let attributes = json!({"verb": verb, "resource": "pods", "namespace": "shop"});
        let review = json!({"spec": {"resourceAttributes": attributes}});
        let (status, answer) = cluster.send(Method::POST, path, &review).await;
        assert_eq!(
            (status, &answer["status"]["allowed"]),
            (201, &json!(allowed)),
            "{verb}"
        );
    }
    let path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    let review = json!({"spec": {"namespace": "shop"}});
    let (_, answer) = cluster.send(Method::POST, path, &review).await;
    let rules = answer["status"]["resourceRules"].as_array().unwrap();
    let pods = rules
        .iter()
        .find(|rule| rule["resources"] == json!(["pods"]))
        .unwrap();
    assert!(!pods["verbs"].as_array().unwrap().contains(&json!("list")));
}

#[tokio::test]
async fn status_faults_end_after_their_times() {
    let fault = Fault::on_resource("pods", Effect::Status(429)).times(1);
    let cluster = Cluster::start(builder().object(pod("a", "web")).fault(fault)).await;
    let response = cluster.request(Method::GET, PODS).send().await.unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(cluster.get(PODS).await.0, 200);
}

#[tokio::test]
async fn lists_are_cut_in_the_middle() {
    let fault = Fault::on_path("/api/v1/namespaces/shop/pods", Effect::CutAfterItems(1)).times(1);
    let pods = vec![pod("a", "web"), pod("b", "web"), pod("c", "web")];
    let cluster = Cluster::start(builder().objects(pods).fault(fault)).await;
    let cut = cluster.request(Method::GET, PODS).send().await.unwrap();
    assert_eq!(cut.status(), 200);
    assert!(cut.bytes().await.is_err(), "the connection breaks");
    assert_eq!(cluster.names(PODS).await.len(), 3);
}

#[tokio::test]
async fn latency_denial_and_closed_watches() {
    let faults = [
        Fault::on_resource("pods", Effect::Latency(Duration::from_millis(80))).times(1),
        Fault::on_resource("pods", Effect::Deny).times(1),
        Fault::on_resource("pods", Effect::CloseWatch),
    ];
    let builder = faults.into_iter().fold(
        builder().object(pod("a", "web")),
        dogwatch_sandbox::Builder::fault,
    );
    let cluster = Cluster::start(builder).await;
    let start = Instant::now();
    assert_eq!(cluster.get(PODS).await.0, 200);
    assert!(start.elapsed() >= Duration::from_millis(80));
    assert_eq!(cluster.get(PODS).await.0, 403);
    let watch = cluster
        .request(Method::GET, &format!("{PODS}?watch=true"))
        .send()
        .await
        .unwrap();
    assert_eq!(watch.text().await.unwrap().lines().count(), 1);
}
