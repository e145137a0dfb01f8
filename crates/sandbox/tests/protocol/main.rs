//! The protocol of the sandbox, seen by a plain HTTP client.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod lists;
mod patches;
mod stories;
mod subresources;
mod tables;
mod watches;
mod writes;

use dogwatch_sandbox::{Builder, Clock, Sandbox, Server};
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// The frozen time of most tests.
const NOW: &str = "2026-03-01T10:00:00Z";

/// A served sandbox with a client.
struct Cluster {
    sandbox: Sandbox,
    server: Server,
    client: reqwest::Client,
}

impl Cluster {
    async fn start(builder: Builder) -> Self {
        Self::of(builder.build()).await
    }

    async fn of(sandbox: Sandbox) -> Self {
        // Another test of this process may have installed the provider already.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let server = sandbox.serve("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            sandbox,
            server,
            client,
        }
    }

    async fn with(objects: Vec<Value>) -> Self {
        Self::start(builder().objects(objects)).await
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.server.url()))
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        read(self.request(Method::GET, path).send().await.unwrap()).await
    }

    async fn get_as(&self, path: &str, accept: &str) -> Value {
        let request = self.request(Method::GET, path).header("accept", accept);
        read(request.send().await.unwrap()).await.1
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        read(self.request(method, path).json(body).send().await.unwrap()).await
    }

    async fn patch(&self, path: &str, format: &str, body: &Value) -> (u16, Value) {
        let request = self
            .request(Method::PATCH, path)
            .header("content-type", format!("application/{format}"))
            .body(body.to_string());
        read(request.send().await.unwrap()).await
    }

    /// The names in a list.
    async fn names(&self, path: &str) -> Vec<String> {
        let (status, list) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {list}");
        let items = list["items"].as_array().unwrap();
        items
            .iter()
            .map(|i| i["metadata"]["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

fn builder() -> Builder {
    Sandbox::builder().clock(Clock::Frozen(NOW.parse().unwrap()))
}

fn pod(name: &str, app: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "labels": {"app": app}},
        "spec": {"nodeName": "n1", "containers": [{"name": "main", "image": "web:1"}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [{"name": "main", "ready": true, "restartCount": 0,
                "state": {"running": {}}}]}})
}

fn deployment(name: &str) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "main", "image": "web:1"}]}}}})
}

const PODS: &str = "/api/v1/namespaces/shop/pods";
const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/shop/deployments";

#[tokio::test]
async fn every_answer_carries_the_clock_of_the_sandbox() {
    let cluster = Cluster::with(vec![]).await;
    for path in ["/version", "/readyz", "/api/v1/pods", "/nothing"] {
        let response = cluster.request(Method::GET, path).send().await.unwrap();
        assert_eq!(
            response.headers()["date"],
            "Sun, 01 Mar 2026 10:00:00 GMT",
            "{path}"
        );
    }
    cluster.sandbox.advance(std::time::Duration::from_mins(1));
    let response = cluster
        .request(Method::GET, "/version")
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["date"], "Sun, 01 Mar 2026 10:01:00 GMT");
}

#[tokio::test]
async fn only_loopback_is_served_unless_allowed() {
    let refused = builder().build().serve("0.0.0.0:0".parse().unwrap()).await;
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("not a loopback address")
    );
}

#[tokio::test]
async fn discovery_names_kinds_of_the_input_too() {
    let widget = json!({"apiVersion": "example.org/v1", "kind": "Widget",
        "metadata": {"name": "w", "namespace": "shop"}});
    let cluster = Cluster::with(vec![widget]).await;
    let (_, groups) = cluster.get("/apis").await;
    let groups: Vec<_> = groups["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| g["name"].as_str().unwrap())
        .collect();
    assert!(
        groups.contains(&"apps") && groups.contains(&"example.org"),
        "{groups:?}"
    );
    let (_, list) = cluster.get("/api/v1").await;
    let resources = list["resources"].as_array().unwrap();
    let pods = resources.iter().find(|r| r["name"] == "pods").unwrap();
    assert_eq!(
        (&pods["shortNames"], &pods["categories"]),
        (&json!(["po"]), &json!(["all"]))
    );
    let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    let aggregated = cluster.get_as("/apis", accept).await;
    assert_eq!(aggregated["kind"], "APIGroupDiscoveryList");
    assert_eq!(cluster.names("/apis/example.org/v1/widgets").await, ["w"]);
}

#[tokio::test]
async fn requests_are_counted_and_a_kubeconfig_is_given() {
    let cluster = Cluster::with(vec![]).await;
    cluster.get("/api/v1/pods?limit=5").await;
    assert_eq!(cluster.server.request_count(), 1);
    assert_eq!(cluster.server.requests(), ["GET /api/v1/pods?limit=5"]);
    assert!(cluster.server.kubeconfig().contains(&cluster.server.url()));
}

#[tokio::test]
async fn shutdown_closes_open_watches() {
    let cluster = Cluster::with(vec![]).await;
    let watch = cluster
        .request(Method::GET, "/api/v1/pods?watch=true")
        .send()
        .await
        .unwrap();
    cluster.server.shutdown().await;
    assert_eq!(watch.text().await.unwrap(), "");
}
