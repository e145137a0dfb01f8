//! Server-side tables.

use serde_json::{Value, json};

use crate::{Cluster, PODS, deployment, pod};

const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

fn headers(table: &Value, priority: u8) -> Vec<String> {
    let columns = table["columnDefinitions"].as_array().unwrap().iter();
    let shown = columns.filter(|c| c["priority"] == priority);
    shown
        .map(|c| c["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn pods_print_as_usual() {
    let mut crashing = pod("b", "web");
    crashing["status"]["containerStatuses"][0] = json!({"name": "main", "ready": false,
        "restartCount": 5, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"exitCode": 1, "finishedAt": "2026-03-01T09:57:00Z"}}});
    crashing["metadata"]["creationTimestamp"] = json!("2026-03-01T07:00:00Z");
    let cluster = Cluster::with(vec![pod("a", "web"), crashing]).await;
    let table = cluster.get_as(PODS, TABLE).await;
    assert_eq!(table["kind"], "Table");
    assert_eq!(
        headers(&table, 0),
        ["Name", "Ready", "Status", "Restarts", "Age"]
    );
    assert_eq!(
        headers(&table, 1),
        ["IP", "Node", "Nominated Node", "Readiness Gates"]
    );
    let row = &table["rows"][1];
    let cells = [
        "b",
        "0/1",
        "CrashLoopBackOff",
        "5 (3m ago)",
        "3h",
        "<none>",
        "n1",
        "<none>",
        "<none>",
    ];
    assert_eq!(row["cells"], json!(cells));
    assert_eq!(row["object"]["kind"], "PartialObjectMetadata");
    let full = cluster
        .get_as(&format!("{PODS}?includeObject=Object"), TABLE)
        .await;
    assert_eq!(full["rows"][0]["object"]["kind"], "Pod");
}

#[tokio::test]
async fn workloads_and_single_objects_print_too() {
    let mut web = deployment("web");
    web["status"] = json!({"readyReplicas": 1, "updatedReplicas": 2, "availableReplicas": 1});
    let cluster = Cluster::with(vec![web]).await;
    let path = "/apis/apps/v1/namespaces/shop/deployments/web";
    let table = cluster.get_as(path, TABLE).await;
    let cells = json!(["web", "1/2", 2, 1, "0s", "main", "web:1", "app=web"]);
    assert_eq!(table["rows"][0]["cells"], cells);
}

#[tokio::test]
async fn custom_columns_come_from_the_definition() {
    let definition = json!({"apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition", "metadata": {"name": "widgets.example.org"},
        "spec": {"group": "example.org", "scope": "Namespaced",
            "names": {"plural": "widgets", "kind": "Widget", "shortNames": ["wd"]},
            "versions": [{"name": "v1", "served": true, "storage": true,
                "additionalPrinterColumns":
                    [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"}]}]}});
    let widget = json!({"apiVersion": "example.org/v1", "kind": "Widget",
        "metadata": {"name": "w", "namespace": "shop"}, "spec": {"size": 3}});
    let cluster = Cluster::with(vec![widget, definition]).await;
    let table = cluster.get_as("/apis/example.org/v1/widgets", TABLE).await;
    assert_eq!(headers(&table, 0), ["Name", "Size"]);
    assert_eq!(table["rows"][0]["cells"], json!(["w", 3]));
}
