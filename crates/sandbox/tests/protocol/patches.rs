//! JSON patch, merge patch, strategic merge patch and server-side apply.

use serde_json::{Value, json};

use crate::{Cluster, DEPLOYMENTS, deployment, pod};

const WEB: &str = "/apis/apps/v1/namespaces/shop/deployments/web";

#[tokio::test]
async fn json_patch_tests_and_changes() {
    let cluster = Cluster::with(vec![deployment("web")]).await;
    let patch = json!([{"op": "test", "path": "/spec/replicas", "value": 2},
        {"op": "replace", "path": "/spec/replicas", "value": 3}]);
    let (status, object) = cluster.patch(WEB, "json-patch+json", &patch).await;
    assert_eq!((status, &object["spec"]["replicas"]), (200, &json!(3)));
    assert_eq!(cluster.patch(WEB, "json-patch+json", &patch).await.0, 422);
    assert_eq!(
        cluster
            .patch(WEB, "json-patch+json", &json!({"a": 1}))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn strategic_merge_keeps_other_containers() {
    let cluster = Cluster::with(vec![deployment("web")]).await;
    let spec =
        |containers: Value| json!({"spec": {"template": {"spec": {"containers": containers}}}});
    let add = spec(json!([{"name": "side", "image": "side:1"}]));
    let (_, object) = cluster.patch(WEB, "strategic-merge-patch+json", &add).await;
    let containers = object["spec"]["template"]["spec"]["containers"]
        .as_array()
        .unwrap();
    assert_eq!(containers.len(), 2);
    let drop = spec(json!([{"name": "main", "$patch": "delete"}]));
    let (_, object) = cluster
        .patch(WEB, "strategic-merge-patch+json", &drop)
        .await;
    assert_eq!(
        object["spec"]["template"]["spec"]["containers"][0]["name"],
        "side"
    );
    assert_eq!(cluster.patch(WEB, "yaml", &add).await.0, 415);
}

#[tokio::test]
async fn custom_resources_refuse_strategic_merge() {
    let widget = json!({"apiVersion": "example.org/v1", "kind": "Widget",
        "metadata": {"name": "w", "namespace": "shop"}});
    let cluster = Cluster::with(vec![widget]).await;
    let path = "/apis/example.org/v1/namespaces/shop/widgets/w";
    let change = json!({"spec": {"size": 1}});
    assert_eq!(
        cluster
            .patch(path, "strategic-merge-patch+json", &change)
            .await
            .0,
        415
    );
    assert_eq!(
        cluster.patch(path, "merge-patch+json", &change).await.0,
        200
    );
}

fn applied(replicas: Option<u32>, image: &str) -> Value {
    let mut object = json!({"apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web"}, "spec": {"selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "main", "image": image}]}}}});
    if let Some(replicas) = replicas {
        object["spec"]["replicas"] = json!(replicas);
    }
    object
}

#[tokio::test]
async fn apply_creates_tracks_and_removes() {
    let cluster = Cluster::with(vec![pod("a", "web")]).await;
    let path = format!("{DEPLOYMENTS}/web?fieldManager=one");
    let format = "apply-patch+yaml";
    assert_eq!(
        cluster
            .patch(&path, format, &applied(Some(4), "web:1"))
            .await
            .0,
        201
    );
    let (status, object) = cluster.patch(&path, format, &applied(None, "web:2")).await;
    assert_eq!(status, 200);
    assert_eq!(
        object["spec"]["replicas"], 1,
        "no longer applied, so defaulted"
    );
    assert_eq!(
        object["spec"]["template"]["spec"]["containers"][0]["image"],
        "web:2"
    );
    let revision = object["metadata"]["resourceVersion"].clone();
    let (_, again) = cluster.patch(&path, format, &applied(None, "web:2")).await;
    assert_eq!(again["metadata"]["resourceVersion"], revision);
}

#[tokio::test]
async fn apply_conflicts_until_forced() {
    let cluster = Cluster::with(vec![pod("a", "web")]).await;
    let format = "apply-patch+yaml";
    let one = format!("{DEPLOYMENTS}/web?fieldManager=one");
    cluster
        .patch(&one, format, &applied(Some(4), "web:1"))
        .await;
    let two = format!("{DEPLOYMENTS}/web?fieldManager=two");
    let (status, error) = cluster
        .patch(&two, format, &applied(Some(5), "web:1"))
        .await;
    assert_eq!(status, 409);
    assert_eq!(
        error["message"],
        "Apply failed with 1 conflict: conflict with \"one\": .spec.replicas"
    );
    let forced = format!("{two}&force=true");
    let (status, object) = cluster
        .patch(&forced, format, &applied(Some(5), "web:1"))
        .await;
    assert_eq!((status, &object["spec"]["replicas"]), (200, &json!(5)));
    let (status, _) = cluster.patch(WEB, format, &applied(None, "web:1")).await;
    assert_eq!(status, 400, "a field manager is required");
}
