//! Secrets of Helm releases: labels always, payloads with permission only.

use std::{fs, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dogwatch_sandbox::Builder;
use serde_json::{Value, json};

use super::{changes, path, report, vault::Vault};
use crate::{
    dogwatch,
    live::{Cluster, cluster},
    shop, stdout,
};

/// A release whose values, manifest and description hold a password.
fn release(revision: u8, status: &str) -> Value {
    let text = json!({
        "name": "shop", "namespace": "shop", "version": revision,
        "info": {"status": status, "description": "Upgrade failed: password=hunter2",
            "last_deployed": "2026-01-01T00:09:50Z"},
        "chart": {"metadata": {"name": "shop", "version": format!("1.{revision}.0")},
            "values": {"password": "hunter2"}, "templates": [{"data": "hunter2"}]},
        "config": {"password": "hunter2"}, "manifest": "password: hunter2",
    });
    let created = if revision == 4 {
        "2026-01-01T00:09:50Z"
    } else {
        "2026-01-01T00:00:00Z"
    };
    let encoded = STANDARD.encode(STANDARD.encode(text.to_string()));
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {"name": format!("sh.helm.release.v1.shop.v{revision}"), "namespace": "shop",
            "creationTimestamp": created, "labels": {"owner": "helm", "name": "shop",
            "version": revision.to_string(), "status": status}},
        "data": {"release": encoded},
    })
}

fn with_releases() -> Cluster {
    cluster(|builder: Builder| {
        let owned = shop::objects().into_iter().map(|mut object| {
            if object["kind"] == "Deployment" {
                object["metadata"]["annotations"] = json!({
                    "meta.helm.sh/release-name": "shop",
                    "meta.helm.sh/release-namespace": "shop"});
            }
            object
        });
        builder
            .objects(owned)
            .object(release(3, "superseded"))
            .object(release(4, "failed"))
    })
}

/// True for a request that could answer with a payload.
fn opens_a_secret(request: &str) -> bool {
    request.contains("/secrets/")
}

#[test]
fn without_permission_no_payload_is_asked_for_and_the_revision_is_known() {
    let cluster = with_releases();
    let found = report(&["--kubeconfig", cluster.config()]);
    let requests = cluster.requests();
    assert!(
        requests.iter().any(|it| it.contains("secrets?")),
        "{requests:#?}"
    );
    assert!(
        !requests.iter().any(|it| opens_a_secret(it)),
        "{requests:#?}"
    );
    let helm = changes(&found, "helm");
    assert_eq!(
        (&helm[0]["before"], &helm[0]["version"]),
        (&json!("3"), &json!("4"))
    );
    assert_eq!(helm[0]["verdict"], "blamed");
    assert!(!found.to_string().contains("chart version"));
}

#[test]
fn the_release_of_one_workload_is_known_within_its_budget() {
    let cluster = with_releases();
    let output = dogwatch(&[
        "diagnose",
        "deploy/api",
        "-n",
        "shop",
        "-o",
        "json",
        "--kubeconfig",
        cluster.config(),
    ]);
    let found: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(changes(&found, "helm")[0]["verdict"], "blamed", "{found:#}");
    let requests = cluster.requests();
    assert!(requests.len() <= 8, "{requests:#?}");
    let labelled = |request: &String| request.contains("owner%3Dhelm%2Cname%3Dshop");
    assert!(requests.iter().any(labelled), "{requests:#?}");
    assert!(
        !requests.iter().any(|it| opens_a_secret(it)),
        "{requests:#?}"
    );
}

#[test]
fn with_permission_the_chart_is_known_and_no_value_survives() {
    let cluster = with_releases();
    // The sandbox holds no payload of a Secret: they come from somebody in front of it.
    let vault = Vault::before(
        cluster.config(),
        &[release(3, "superseded"), release(4, "failed")],
    );
    let folder = tempfile::tempdir().expect("a folder");
    let capture = folder.path().join("capture");
    let found = report(&[
        "--kubeconfig",
        vault.config(),
        "--helm-releases",
        "--capture",
        path(&capture),
    ]);
    assert_eq!(vault.opened(), 2);
    let helm = changes(&found, "helm");
    let ledger = found["ledger"].to_string();
    assert!(ledger.contains("HelmReleases"), "{ledger}");
    let field = &helm[0]["fields"][0];
    assert_eq!(
        (&field["path"], &field["from"], &field["to"]),
        (&json!("chart version"), &json!("1.3.0"), &json!("1.4.0")),
        "{ledger}"
    );
    let again = report(&["--from", path(&capture)]);
    assert_eq!(found, again, "a capture keeps what was read");
    let kept = every_byte(&capture);
    for text in [found.to_string(), kept] {
        assert!(!text.contains("hunter2") && !text.contains("\"manifest\""));
    }
}

#[test]
fn a_secret_that_may_not_be_opened_is_said() {
    let cluster = cluster_that_denies();
    let found = report(&["--kubeconfig", cluster.config(), "--helm-releases"]);
    let gaps = found["data_gaps"].to_string();
    assert!(
        gaps.contains("Helm releases") && gaps.contains("denied"),
        "{gaps}"
    );
    assert_eq!(changes(&found, "helm")[0]["version"], "4");
}

fn cluster_that_denies() -> Cluster {
    cluster(|builder: Builder| {
        builder
            .object(release(3, "superseded"))
            .object(release(4, "failed"))
            .object(owned_deployment())
            .deny("get", "secrets", "*")
    })
}

fn owned_deployment() -> Value {
    let mut objects = shop::objects().into_iter();
    let mut found = objects
        .find(|object| object["kind"] == "Deployment")
        .expect("there is one");
    found["metadata"]["annotations"] = json!({"meta.helm.sh/release-name": "shop",
        "meta.helm.sh/release-namespace": "shop"});
    found
}

fn every_byte(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        text += &if path.is_dir() {
            every_byte(&path)
        } else {
            fs::read_to_string(path).expect("text")
        };
    }
    text
}
