//! One object that is no workload: what is read around it decides whether it is called healthy.

use dogwatch_sandbox::LogKey;
use serde_json::{Value, json};

use crate::{
    dogwatch, exits,
    live::{Cluster, cluster},
    stderr, stdout,
};

fn with(objects: Vec<Value>) -> Cluster {
    cluster(|builder| builder.objects(objects))
}

#[track_caller]
fn report(cluster: &Cluster, object: &str, code: i32) -> Value {
    let place = ["-n", "shop", "-o", "json", "--kubeconfig", cluster.config()];
    let output = dogwatch(&[&["diagnose", object], &place[..]].concat());
    exits(&output, code);
    serde_json::from_str(&stdout(&output)).expect("JSON")
}

fn modes(report: &Value) -> Vec<&str> {
    let causes = report["top_causes"].as_array().expect("a list");
    let modes = causes.iter().map(|cause| cause["mode"].as_str());
    modes.map(|mode| mode.expect("a text")).collect()
}

fn node(spec: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": "n7", "uid": "n7", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": spec,
        "status": {"allocatable": {"cpu": "8", "memory": "32Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]},
    })
}

fn pod(name: &str, ready: bool) -> Value {
    let (ready, word) = if ready {
        (true, "True")
    } else {
        (false, "False")
    };
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "uid": name,
            "creationTimestamp": "2026-01-01T00:00:00Z", "labels": {"role": name},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "any",
                "uid": "any", "controller": true}]},
        "spec": {"nodeName": "n7", "containers": [{"name": "app", "image": "reg.example/app:1"}]},
        "status": {"phase": "Running",
            "conditions": [{"type": "Ready", "status": word}],
            "containerStatuses": [{"name": "app", "image": "reg.example/app:1", "ready": ready,
                "restartCount": 0, "state": {"running": {"startedAt": "2026-01-01T00:00:05Z"}}}]},
    })
}

fn budget(healthy: i64) -> Value {
    json!({
        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
        "metadata": {"name": "store", "namespace": "shop", "uid": "store", "generation": 1,
            "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"role": "store"}}},
        "status": {"observedGeneration": 1, "expectedPods": 2, "currentHealthy": healthy,
            "desiredHealthy": 1, "disruptionsAllowed": healthy - 1},
    })
}

#[test]
fn a_node_is_healthy_by_its_own_pods() {
    let cluster = with(vec![node(&json!({})), pod("store", true)]);
    let report = report(&cluster, "node/n7", 0);
    assert_eq!(report["summary"]["status"], "healthy", "{report:#}");
}

#[test]
fn what_holds_a_drain_shows_at_the_node_and_at_the_budget() {
    let cordon = json!({"unschedulable": true, "taints": [{"effect": "NoSchedule",
        "key": "node.kubernetes.io/unschedulable", "timeAdded": "2026-01-01T00:01:00Z"}]});
    let cluster = with(vec![node(&cordon), pod("store", true), budget(1)]);
    let found = report(&cluster, "node/n7", 3);
    assert!(modes(&found).contains(&"drain-blocked"), "{found:#}");
    let found = report(&cluster, "pdb/store", 3);
    assert_eq!(modes(&found), ["pdb-blocks-eviction"]);
    let allowing = with(vec![node(&cordon), pod("store", true), budget(2)]);
    let found = report(&allowing, "pdb/store", 0);
    assert_eq!(modes(&found), Vec::<&str>::new());
}

fn ingress() -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
        "metadata": {"name": "web", "namespace": "shop", "uid": "web",
            "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"tls": [{"secretName": "web-tls"}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.7"}]}},
    })
}

fn certificate() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": {"name": "web-tls", "namespace": "shop", "uid": "web-tls",
            "creationTimestamp": "2026-01-01T00:00:00Z"},
        "data": {"tls.key": "aHVudGVyMg=="},
    })
}

fn classes() -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
        "metadata": {"name": "front", "uid": "front",
            "annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}},
        "spec": {"controller": "example.com/ingress"},
    })
}

#[test]
fn the_secret_of_an_ingress_is_known_by_name() {
    let found = report(&with(vec![ingress(), classes()]), "ingress/web", 3);
    assert_eq!(modes(&found), ["ingress-tls-secret-missing"]);
    let whole = with(vec![ingress(), classes(), certificate()]);
    let found = report(&whole, "ingress/web", 0);
    assert_eq!(found["summary"]["status"], "healthy", "{found:#}");
    let requests = whole.requests();
    let opens_one = |request: &String| request.contains("/secrets/");
    assert!(!requests.iter().any(opens_one), "{requests:#?}");
    assert!(!found.to_string().contains("aHVudGVyMg"), "{found:#}");
    // Whoever may not list Secrets is told that this is open, not that one is missing.
    let denied = cluster(|builder| {
        let objects = vec![ingress(), classes(), certificate()];
        builder.objects(objects).deny("list", "secrets", "*")
    });
    let found = report(&denied, "ingress/web", 5);
    assert_eq!(modes(&found), Vec::<&str>::new());
}

fn service() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "store", "namespace": "shop", "uid": "svc-store",
            "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"selector": {"role": "store"}, "clusterIP": "10.96.7.7",
            "ports": [{"port": 80, "targetPort": 8080}]},
    })
}

fn policy(client: &str) -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": "store", "namespace": "shop", "uid": "policy-store",
            "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"podSelector": {"matchLabels": {"role": "store"}}, "policyTypes": ["Ingress"],
            "ingress": [{"from": [{"podSelector": {"matchLabels": {"role": client}}}]}]},
    })
}

#[test]
fn a_log_leads_to_the_service_and_the_policy_behind_it() {
    let lines = "cannot reach http://store/v1: dial tcp: i/o timeout\n".repeat(3);
    let cluster = |client: &str| {
        let objects = vec![
            pod("web", false),
            pod("store", true),
            service(),
            policy(client),
        ];
        cluster(|builder| {
            let key = LogKey {
                namespace: "shop".to_owned(),
                pod: "web".to_owned(),
                container: "app".to_owned(),
                previous: false,
            };
            builder.objects(objects).log(key, lines.clone())
        })
    };
    let found = report(&cluster("gateway"), "pod/web", 3);
    assert!(modes(&found).contains(&"networkpolicy-deny"), "{found:#}");
    let found = report(&cluster("web"), "pod/web", 3);
    assert!(!modes(&found).contains(&"networkpolicy-deny"), "{found:#}");
}

#[test]
fn what_does_not_exist_is_not_called_healthy() {
    let cluster = with(vec![ingress(), budget(2)]);
    for (object, hint) in [
        ("ingress/wob", "did you mean \"web\""),
        ("pdb/stor", "did you mean \"store\""),
        ("hpa/web", "there is none at all"),
        ("pv/web", "there is none at all"),
    ] {
        let place = ["-n", "shop", "--kubeconfig", cluster.config()];
        let output = dogwatch(&[&["diagnose", object], &place[..]].concat());
        exits(&output, 1);
        let said = stderr(&output);
        assert!(
            said.contains("does not exist") && said.contains(hint),
            "{object}: {said}"
        );
    }
}

fn definition(name: &str, served: bool) -> Value {
    let word = if served { "True" } else { "False" };
    let (plural, _) = name.split_once('.').expect("plural.group");
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": name, "uid": name, "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"group": "example.com", "scope": "Namespaced",
            "names": {"kind": "Gadget", "plural": plural, "singular": "gadget"},
            "versions": [{"name": "v1", "served": served, "storage": true,
                "schema": {"openAPIV3Schema": {"type": "object", "description": "a long schema"}}}]},
        "status": {"conditions": [{"type": "NamesAccepted", "status": word,
            "reason": "ListKindConflict", "lastTransitionTime": "2026-01-01T00:00:00Z"}]},
    })
}

#[test]
fn a_definition_is_read_as_a_whole_where_its_status_matters() {
    let cluster = with(vec![
        definition("gadgets.example.com", true),
        definition("gizmos.example.com", false),
    ]);
    let folder = tempfile::tempdir().expect("a folder");
    let bundle = folder.path().join("bundle.tar.gz");
    let bundle = bundle.to_str().expect("a path");
    let live = dogwatch(&[
        "diagnose",
        "crd/gizmos.example.com",
        "-o",
        "json",
        "--kubeconfig",
        cluster.config(),
        "--capture",
        bundle,
    ]);
    exits(&live, 3);
    let found: Value = serde_json::from_str(&stdout(&live)).expect("JSON");
    assert_eq!(modes(&found), ["crd-not-established"]);
    let again = dogwatch(&[
        "diagnose",
        "crd/gizmos.example.com",
        "-o",
        "json",
        "--from",
        bundle,
    ]);
    assert_eq!(stdout(&live), stdout(&again));
    let all = dogwatch(&[
        "inspect",
        "-A",
        "-o",
        "json",
        "--kubeconfig",
        cluster.config(),
    ]);
    assert!(
        stdout(&all).contains("crd-not-established"),
        "{}",
        stdout(&all)
    );
}
