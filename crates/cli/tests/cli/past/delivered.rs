//! One workload that Argo CD or Flux delivers: the one object that made it is read, and nothing else of
//! these tools.

use dogwatch_sandbox::{Builder, LogKey};
use serde_json::{Value, json};

use super::changes;
use crate::{
    dogwatch,
    live::{Cluster, cluster},
    shop, stdout,
};

fn definition(group: &str, version: &str, name: &str, plural: &str) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{group}")},
        "spec": {"group": group, "scope": "Namespaced",
            "names": {"kind": name, "plural": plural, "singular": name.to_lowercase()},
            "versions": [{"name": version, "served": true, "storage": true}]},
    })
}

fn argo() -> Value {
    definition("argoproj.io", "v1alpha1", "Application", "applications")
}

/// An Application that applied a revision right before the trouble.
fn application(namespace: &str, name: &str, revision: &str) -> Value {
    json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
        "metadata": {"name": name, "namespace": namespace, "uid": format!("app-{namespace}-{name}"),
            "creationTimestamp": "2026-01-01T00:00:00Z"},
        "status": {"history": [
            {"id": 1, "revision": "aaa111", "deployedAt": "2026-01-01T00:00:00Z"},
            {"id": 2, "revision": revision, "deployedAt": "2026-01-01T00:09:50Z",
                "initiatedBy": {"username": "alice"}}]},
    })
}

/// The shop with marks on its Deployment, and these objects beside it.
fn delivered(marks: &Value, objects: Vec<Value>) -> Cluster {
    with(marks, objects, |builder| builder)
}

fn with(marks: &Value, objects: Vec<Value>, change: impl FnOnce(Builder) -> Builder) -> Cluster {
    cluster(|builder: Builder| {
        let marked = shop::objects().into_iter().map(|mut object| {
            if object["kind"] == "Deployment" {
                for part in ["labels", "annotations"] {
                    object["metadata"][part] = marks[part].clone();
                }
            }
            object
        });
        change(builder.objects(marked).objects(objects))
    })
}

fn diagnosed(cluster: &Cluster) -> Value {
    let base = ["diagnose", "deploy/api", "-n", "shop", "-o", "json"];
    let place = ["--kubeconfig", cluster.config()];
    let output = dogwatch(&[&base[..], &place].concat());
    serde_json::from_str(&stdout(&output)).expect("JSON")
}

/// Requests for objects of these tools; all requests together stay within the budget.
#[track_caller]
fn asked(cluster: &Cluster) -> Vec<String> {
    let all = cluster.requests();
    assert!(all.len() <= 8, "{all:#?}");
    let is_gitops = |it: &&String| it.contains("argoproj.io") || it.contains("fluxcd.io");
    all.iter().filter(is_gitops).cloned().collect()
}

fn tracked(id: &str) -> Value {
    json!({"annotations": {"argocd.argoproj.io/tracking-id": format!("{id}:apps/Deployment:shop/api")}})
}

#[test]
fn the_revision_of_an_application_is_named_for_one_workload() {
    let both = vec![
        argo(),
        application("argocd", "shop", "bbb222"),
        application("x", "other", "c"),
    ];
    let cluster = delivered(&tracked("shop"), both);
    let found = diagnosed(&cluster);
    let told = changes(&found, "gitops");
    assert_eq!(told.len(), 1, "{found:#}");
    assert_eq!(
        (&told[0]["before"], &told[0]["version"]),
        (&json!("aaa111"), &json!("bbb222"))
    );
    assert_eq!(told[0]["actor"], "alice");
    assert_eq!(told[0]["verdict"], "blamed");
    let asked = asked(&cluster);
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(
        asked[0].contains("fieldSelector=metadata.name%3Dshop"),
        "{asked:?}"
    );
}

#[test]
fn an_application_in_a_namespace_of_its_own_is_asked_for_there() {
    let objects = vec![argo(), application("team", "shop", "bbb222")];
    let cluster = delivered(&tracked("team_shop"), objects);
    assert_eq!(changes(&diagnosed(&cluster), "gitops").len(), 1);
    let asked = asked(&cluster);
    assert!(
        asked[0].contains("/namespaces/team/applications/shop"),
        "{asked:?}"
    );
}

#[test]
fn of_two_applications_that_may_be_meant_none_is_blamed() {
    let two = ["argocd", "team"].map(|place| application(place, "shop", "bbb222"));
    let cluster = delivered(&tracked("shop"), [vec![argo()], two.to_vec()].concat());
    let found = diagnosed(&cluster);
    assert_eq!(changes(&found, "gitops"), [] as [Value; 0], "{found:#}");
}

#[test]
fn the_shared_label_counts_only_beside_a_mark_of_argo() {
    let objects = || vec![argo(), application("argocd", "shop", "bbb222")];
    let label = "app.kubernetes.io/instance";
    let alone = delivered(&json!({"labels": {label: "shop"}}), objects());
    assert_eq!(changes(&diagnosed(&alone), "gitops"), [] as [Value; 0]);
    assert_eq!(asked(&alone), [] as [String; 0]);
    let marked = json!({"labels": {label: "shop", "argocd.argoproj.io/secret-type": "x"}});
    let marked = delivered(&marked, objects());
    assert_eq!(changes(&diagnosed(&marked), "gitops").len(), 1);
}

#[test]
fn flux_is_asked_for_the_object_that_its_labels_name() {
    let group = "kustomize.toolkit.fluxcd.io";
    let kustomization = json!({
        "apiVersion": format!("{group}/v1"), "kind": "Kustomization",
        "metadata": {"name": "apps", "namespace": "flux-system", "uid": "k1"},
        "status": {"history": [
            {"firstReconciled": "2026-01-01T00:09:50Z", "metadata": {"revision": "main@sha1:2"}},
            {"firstReconciled": "2026-01-01T00:00:00Z", "metadata": {"revision": "main@sha1:1"}}]},
    });
    let labels = json!({"labels": {format!("{group}/name"): "apps",
        format!("{group}/namespace"): "flux-system"}});
    let objects = vec![
        definition(group, "v1", "Kustomization", "kustomizations"),
        kustomization,
    ];
    let cluster = delivered(&labels, objects);
    let told = changes(&diagnosed(&cluster), "gitops");
    assert_eq!(told[0]["version"], "main@sha1:2");
    let asked = asked(&cluster);
    assert!(
        asked[0].contains("/namespaces/flux-system/kustomizations/apps"),
        "{asked:?}"
    );
    assert_eq!(asked.len(), 1);
}

#[test]
fn what_was_denied_or_is_not_there_stands_in_the_ledger() {
    let kind = "Application.argoproj.io";
    let read = |found: &Value| {
        let ledger = found["ledger"].as_array().expect("a list");
        let mut entries = ledger.iter();
        let is_meant = |entry: &&Value| entry["source"]["Objects"] == kind;
        entries
            .find(is_meant)
            .cloned()
            .unwrap_or_else(|| panic!("{found:#}"))
    };
    let objects = || vec![argo(), application("team", "shop", "bbb222")];
    let denied = |builder: Builder| builder.deny("get", "applications.argoproj.io", "*");
    let denied = diagnosed(&with(&tracked("team_shop"), objects(), denied));
    assert_eq!(read(&denied)["outcome"], "denied");
    let gaps = denied["data_gaps"].to_string();
    assert!(
        gaps.contains("grant get and list on Application.argoproj.io"),
        "{gaps}"
    );
    assert_eq!(
        denied["summary"]["top_cause"], "ImagePullBackOff",
        "the rest stands"
    );
    let gone = diagnosed(&delivered(&tracked("team_gone"), objects()));
    assert_eq!(
        (&read(&gone)["outcome"], &read(&gone)["items"]),
        (&json!("ok"), &json!(0))
    );
    let unserved = diagnosed(&delivered(&tracked("team_shop"), Vec::new()));
    assert_eq!(read(&unserved)["why"], "NotInstalled");
}

#[test]
fn without_marks_no_request_is_made_and_a_capture_answers_the_same() {
    let objects = || vec![argo(), application("argocd", "shop", "bbb222")];
    let plain = delivered(&json!({}), objects());
    diagnosed(&plain);
    assert_eq!(asked(&plain), [] as [String; 0]);
    let cluster = delivered(&tracked("shop"), objects());
    let folder = tempfile::tempdir().expect("a folder");
    let bundle = folder
        .path()
        .join("bundle")
        .to_str()
        .expect("a path")
        .to_owned();
    let base = ["diagnose", "deploy/api", "-n", "shop", "-o", "json"];
    let live = ["--kubeconfig", cluster.config(), "--capture", &bundle];
    let live = dogwatch(&[&base[..], &live].concat());
    let again = dogwatch(&[&base[..], &["--from", &bundle]].concat());
    assert_eq!(stdout(&live), stdout(&again));
}

/// The new Pod ends again and again, and says that it does not reach its database.
fn crashing(builder: Builder) -> Builder {
    let mut objects = shop::objects().into_iter();
    let mut pod = objects
        .find(|object| object["metadata"]["name"] == "api-2-x")
        .expect("there is one");
    pod["status"] = json!({
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady"}],
        "containerStatuses": [{"name": "api", "image": "reg.example/api:v2", "ready": false,
            "restartCount": 4, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": {"reason": "Error", "exitCode": 1,
                "startedAt": "2026-01-01T00:19:00Z", "finishedAt": "2026-01-01T00:19:02Z"}}}],
    });
    let key = LogKey {
        namespace: "shop".to_owned(),
        pod: "api-2-x".to_owned(),
        container: "api".to_owned(),
        previous: true,
    };
    let words = "dial tcp: lookup db.shop.svc on 10.96.0.10:53: no such host\n";
    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", "uid": "n1"},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]}});
    builder.object(node).object(pod).log(key, words)
}

#[test]
fn what_tells_the_cause_comes_first_and_a_spent_budget_is_said() {
    let objects = vec![argo(), application("argocd", "shop", "bbb222")];
    let cluster = with(&tracked("shop"), objects, crashing);
    let found = diagnosed(&cluster);
    assert_eq!(
        asked(&cluster),
        [] as [String; 0],
        "{:#?}",
        cluster.requests()
    );
    let services = |it: &String| it.contains("/services");
    assert!(cluster.requests().iter().any(services));
    let gaps = found["data_gaps"].to_string();
    assert!(
        gaps.contains("Application.argoproj.io of the cluster: not read, request budget spent"),
        "{gaps}"
    );
}
