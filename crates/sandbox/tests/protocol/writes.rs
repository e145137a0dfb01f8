//! create, update, delete: preconditions, dry run, generation, finalizers.

use reqwest::Method;
use serde_json::json;

use crate::{Cluster, DEPLOYMENTS, NOW, PODS, deployment, pod};

#[tokio::test]
async fn create_fills_in_system_fields() {
    let cluster = Cluster::with(vec![pod("a", "web")]).await;
    let (status, created) = cluster
        .send(Method::POST, DEPLOYMENTS, &deployment("web"))
        .await;
    assert_eq!(status, 201);
    assert_eq!(created["metadata"]["creationTimestamp"], NOW);
    assert_eq!(created["metadata"]["generation"], 1);
    assert_eq!(created["spec"]["progressDeadlineSeconds"], 600);
    let (status, error) = cluster
        .send(Method::POST, DEPLOYMENTS, &deployment("web"))
        .await;
    assert_eq!(status, 409);
    assert_eq!(error["message"], "deployments.apps \"web\" already exists");
    let (status, error) = cluster
        .send(
            Method::POST,
            "/api/v1/namespaces/none/pods",
            &json!({"metadata":
            {"name": "x"}}),
        )
        .await;
    assert_eq!(
        (status, &error["message"]),
        (404, &json!("namespaces \"none\" not found"))
    );
}

#[tokio::test]
async fn generated_names_differ() {
    let cluster = Cluster::with(vec![pod("a", "web")]).await;
    let mut names = Vec::new();
    for _ in 0..2 {
        let body = json!({"metadata": {"generateName": "job-"}});
        let (status, created) = cluster.send(Method::POST, PODS, &body).await;
        assert_eq!(status, 201);
        names.push(created["metadata"]["name"].as_str().unwrap().to_owned());
    }
    assert!(names[0].starts_with("job-") && names[0].len() == 9 && names[0] != names[1]);
}

#[tokio::test]
async fn a_dry_run_leaves_no_trace() {
    let cluster = Cluster::with(vec![pod("a", "web")]).await;
    let path = format!("{PODS}?dryRun=All");
    let (status, created) = cluster.send(Method::POST, &path, &pod("b", "web")).await;
    assert_eq!((status, &created["metadata"]["name"]), (201, &json!("b")));
    let path = format!("{PODS}/a?dryRun=All");
    let labels = json!({"metadata": {"labels": {"new": "1"}}});
    let (_, patched) = cluster.patch(&path, "merge-patch+json", &labels).await;
    assert_eq!(patched["metadata"]["labels"]["new"], "1");
    let tried = json!({"dryRun": ["All"]});
    assert_eq!(cluster.send(Method::DELETE, &path, &tried).await.0, 200);
    assert_eq!(cluster.names(PODS).await, ["a"]);
    let (_, object) = cluster.get(&format!("{PODS}/a")).await;
    assert_eq!(object["metadata"]["labels"].get("new"), None);
}

/// Like the real server: a deletion with a body takes its options from there alone.
#[tokio::test]
async fn a_deletion_with_a_body_does_not_look_at_the_query() {
    let cluster = Cluster::with(vec![deployment("web")]).await;
    let path = format!("{DEPLOYMENTS}/web?dryRun=All");
    let options = json!({"propagationPolicy": "Background"});
    assert_eq!(cluster.send(Method::DELETE, &path, &options).await.0, 200);
    assert!(cluster.names(DEPLOYMENTS).await.is_empty());
}

#[tokio::test]
async fn stale_writes_conflict() {
    let cluster = Cluster::with(vec![deployment("web")]).await;
    let path = format!("{DEPLOYMENTS}/web");
    let (_, object) = cluster.get(&path).await;
    let mut first = object.clone();
    first["spec"]["replicas"] = json!(3);
    assert_eq!(cluster.send(Method::PUT, &path, &first).await.0, 200);
    let mut second = object.clone();
    second["spec"]["replicas"] = json!(4);
    let (status, error) = cluster.send(Method::PUT, &path, &second).await;
    assert_eq!((status, &error["reason"]), (409, &json!("Conflict")));
    assert_eq!(
        error["message"],
        "Operation cannot be fulfilled on deployments.apps \"web\": the object has been modified; \
         please apply your changes to the latest version and try again"
    );
    let uid = json!({"preconditions": {"uid": "another"}});
    assert_eq!(cluster.send(Method::DELETE, &path, &uid).await.0, 409);
}

#[tokio::test]
async fn generation_counts_changes_of_the_spec_only() {
    let cluster = Cluster::with(vec![pod("a", "web")]).await;
    cluster
        .send(Method::POST, DEPLOYMENTS, &deployment("web"))
        .await;
    let path = format!("{DEPLOYMENTS}/web");
    for (patch, expected) in [
        (json!({"metadata": {"labels": {"x": "1"}}}), 1),
        (json!({"spec": {"replicas": 5}}), 2),
        (json!({"spec": {"replicas": 5}}), 2),
        (json!({"status": {"replicas": 5}}), 2),
    ] {
        let (_, object) = cluster.patch(&path, "merge-patch+json", &patch).await;
        assert_eq!(object["metadata"]["generation"], expected, "{patch}");
    }
    let selector = json!({"spec": {"selector": {"matchLabels": {"app": "other"}}}});
    let (status, error) = cluster.patch(&path, "merge-patch+json", &selector).await;
    assert_eq!((status, &error["reason"]), (422, &json!("Invalid")));
}

#[tokio::test]
async fn finalizers_hold_an_object() {
    let mut held = pod("a", "web");
    held["metadata"]["finalizers"] = json!(["example.org/hold"]);
    let cluster = Cluster::with(vec![held]).await;
    let path = format!("{PODS}/a");
    let (_, object) = cluster.send(Method::DELETE, &path, &json!({})).await;
    assert_eq!(object["metadata"]["deletionTimestamp"], NOW);
    assert_eq!(cluster.get(&path).await.0, 200);
    let release = json!({"metadata": {"finalizers": null}});
    cluster.patch(&path, "merge-patch+json", &release).await;
    assert_eq!(cluster.get(&path).await.0, 404);
}

#[tokio::test]
async fn collections_are_deleted_by_selector() {
    let cluster = Cluster::with(vec![pod("a", "web"), pod("b", "db"), pod("c", "web")]).await;
    let path = format!("{PODS}?labelSelector=app%3Dweb");
    let (status, list) = cluster.send(Method::DELETE, &path, &json!({})).await;
    assert_eq!((status, list["items"].as_array().unwrap().len()), (200, 2));
    assert_eq!(cluster.names(PODS).await, ["b"]);
}

#[tokio::test]
async fn wrong_bodies_are_refused() {
    let cluster = Cluster::with(vec![pod("a", "web")]).await;
    let post = |body: &'static str, content_type: &'static str| {
        let request = cluster
            .request(Method::POST, PODS)
            .header("content-type", content_type);
        request.body(body).send()
    };
    assert_eq!(post("{", "application/json").await.unwrap().status(), 400);
    assert_eq!(post("[]", "application/json").await.unwrap().status(), 400);
    assert_eq!(
        post("a: b", "application/yaml").await.unwrap().status(),
        415
    );
    let (status, _) = cluster.send(Method::POST, PODS, &deployment("x")).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn objects_of_absurd_shape_break_nothing() {
    let cluster = Cluster::with(vec![pod("a", "web")]).await;
    for value in [json!("text"), json!([1]), json!(7), json!(null)] {
        let object = json!({"metadata": {"name": "odd", "labels": value, "finalizers": value,
            "managedFields": [value], "ownerReferences": value}, "spec": value, "status": value});
        for path in [PODS, DEPLOYMENTS, "/apis/batch/v1/namespaces/shop/jobs"] {
            assert_eq!(
                cluster.send(Method::POST, path, &object).await.0,
                201,
                "{path} {value}"
            );
            let odd = format!("{path}/odd");
            let format = "strategic-merge-patch+json";
            cluster
                .patch(&odd, format, &json!({"spec": {"replicas": 2}}))
                .await;
            cluster
                .patch(
                    &format!("{odd}/scale"),
                    "merge-patch+json",
                    &json!({"spec": value}),
                )
                .await;
            let binding = json!({"target": {"name": "n1"}});
            cluster
                .send(Method::POST, &format!("{odd}/binding"), &binding)
                .await;
            let applied = json!({"apiVersion": "v1", "kind": "Pod", "spec": {"nodeName": "n1"}});
            cluster
                .patch(
                    &format!("{odd}?fieldManager=x"),
                    "apply-patch+yaml",
                    &applied,
                )
                .await;
            let table = "application/json;as=Table;g=meta.k8s.io;v=v1";
            assert_eq!(cluster.get_as(path, table).await["kind"], "Table");
            cluster.send(Method::DELETE, &odd, &json!({})).await;
            let release = json!({"metadata": {"finalizers": null}});
            cluster.patch(&odd, "merge-patch+json", &release).await;
            assert_eq!(cluster.get(&odd).await.0, 404, "{path} {value}");
        }
    }
}
