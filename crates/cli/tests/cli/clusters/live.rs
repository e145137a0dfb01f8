//! A management cluster on loopback that leads to a workload cluster by a Secret.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dogwatch_sandbox::{Builder, Clock};
use serde_json::{Value, json};

use crate::{
    dogwatch, exits,
    live::{Cluster, cluster},
    past::vault::Vault,
    stdout,
};

const CONTEXT: &str = "sandbox";

fn definition(name: &str, plural: &str) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.cluster.x-k8s.io")},
        "spec": {"group": "cluster.x-k8s.io", "scope": "Namespaced",
            "names": {"kind": name, "plural": plural, "singular": name.to_lowercase()},
            "versions": [{"name": "v1beta1", "served": true, "storage": true}]},
    })
}

fn prod() -> Value {
    json!({
        "apiVersion": "cluster.x-k8s.io/v1beta1", "kind": "Cluster",
        "metadata": {"name": "prod", "namespace": "fleet", "uid": "c1", "generation": 1,
            "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {}, "status": {"phase": "Provisioned", "conditions": []},
    })
}

/// Both clusters; the clock of the management cluster is half a minute ahead.
struct Fleet {
    workload: Cluster,
    management: Cluster,
    vault: Vault,
    /// What leads to the workload cluster.
    kubeconfig: String,
}

fn fleet(workload: impl FnOnce(Builder) -> Builder, secrets: &[Value]) -> Fleet {
    let workload = cluster(workload);
    let management = cluster(|_| {
        let now = "2026-01-01T00:21:30Z".parse().expect("a time");
        dogwatch_sandbox::Sandbox::builder()
            .clock(Clock::Frozen(now))
            .object(definition("Cluster", "clusters"))
            .object(definition("Machine", "machines"))
            .object(prod())
    });
    // The payloads of releases come from somebody in front of the workload cluster.
    let releases = Vault::before(workload.config(), secrets);
    let kubeconfig = std::fs::read_to_string(releases.config()).expect("a kubeconfig");
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "prod-kubeconfig", "namespace": "fleet"},
        "data": {"value": STANDARD.encode(&kubeconfig)},
    });
    let vault = Vault::before(management.config(), &[secret]);
    Fleet {
        workload,
        management,
        vault,
        kubeconfig,
    }
}

/// Every byte below a folder.
fn every_byte(folder: &Path) -> String {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let texts = paths.map(|path| {
        if path.is_dir() {
            every_byte(&path)
        } else {
            fs::read_to_string(&path).expect("text")
        }
    });
    texts.collect()
}

impl Fleet {
    fn arguments<'a>(&'a self, extra: &[&'a str]) -> Vec<&'a str> {
        let config = self.vault.config();
        let base = [
            "--quiet",
            "diagnose",
            "cluster/prod",
            "-n",
            "fleet",
            "-o",
            "json",
        ];
        let place = ["--kubeconfig", config, "--management-context", CONTEXT];
        [&base[..], &place, extra].concat()
    }
}

fn diagnosed_again(bundle: &str) -> String {
    let words = [
        "--quiet",
        "diagnose",
        "cluster/prod",
        "-o",
        "json",
        "--from",
        bundle,
    ];
    stdout(&dogwatch(&words))
}

#[test]
fn a_capture_of_two_live_clusters_gives_the_same_bytes_and_keeps_their_clocks() {
    let fleet = fleet(|builder| builder, &[]);
    let folder = tempfile::tempdir().expect("a folder");
    let bundle = folder.path().join("both.tar.gz");
    let bundle = bundle.to_str().expect("a path");
    let live = dogwatch(&fleet.arguments(&["--capture", bundle]));
    exits(&live, 3);
    assert!(
        stdout(&live).contains("capi-clock-skew"),
        "{}",
        stdout(&live)
    );
    assert_eq!(stdout(&live), diagnosed_again(bundle));
    assert!(!fleet.workload.requests().is_empty());
}

#[test]
fn a_workload_cluster_that_is_not_reached_is_captured_as_such() {
    let fleet = fleet(|builder| builder, &[]);
    let other = json!({"kind": "Secret", "metadata": {"name": "none"}});
    let folder = tempfile::tempdir().expect("a folder");
    let bundle = folder.path().join("both");
    let bundle = bundle.to_str().expect("a path");
    let lost = Fleet {
        vault: Vault::before(fleet.management.config(), &[other]),
        ..fleet
    };
    let live = dogwatch(&lost.arguments(&["--capture", bundle, "--helm-releases"]));
    let text = stdout(&live);
    assert!(
        text.contains("prod-kubeconfig") && text.contains("Helm releases"),
        "{text}"
    );
    let again = ["--quiet", "diagnose", "cluster/prod", "-o", "json"];
    let again = dogwatch(&[&again[..], &["--from", bundle, "--helm-releases"]].concat());
    assert_eq!(text, stdout(&again));
    let one = dogwatch(&["inspect", "--from", bundle]);
    exits(&one, 1);
    assert!(crate::stderr(&one).contains("only a management cluster"));
}

fn release(revision: u8) -> Value {
    let text = json!({
        "name": "shop", "namespace": "shop", "version": revision,
        "info": {"status": "deployed", "last_deployed": "2026-01-01T00:09:50Z"},
        "chart": {"metadata": {"name": "shop", "version": format!("1.{revision}.0")},
            "values": {"password": "hunter2"}},
        "config": {"password": "hunter2"}, "manifest": "password: hunter2",
    });
    let encoded = STANDARD.encode(STANDARD.encode(text.to_string()));
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {"name": format!("sh.helm.release.v1.shop.v{revision}"), "namespace": "shop",
            "creationTimestamp": "2026-01-01T00:09:50Z", "labels": {"owner": "helm",
            "name": "shop", "version": revision.to_string(), "status": "deployed"}},
        "data": {"release": encoded},
    })
}

/// The shop as a release of Helm made it.
fn released(builder: Builder) -> Builder {
    let owned = crate::shop::objects().into_iter().map(|mut object| {
        if object["kind"] == "Deployment" {
            object["metadata"]["annotations"] = json!({"meta.helm.sh/release-name": "shop",
                "meta.helm.sh/release-namespace": "shop"});
        }
        object
    });
    builder.objects(owned).objects([release(3), release(4)])
}

#[test]
fn releases_of_the_workload_cluster_are_opened_where_that_is_permitted() {
    let both = [release(3), release(4)];
    let open = fleet(released, &both);
    let folder = tempfile::tempdir().expect("a folder");
    let bundle = folder.path().join("both");
    let bundle = bundle.to_str().expect("a path");
    let live = dogwatch(&open.arguments(&["--helm-releases", "--capture", bundle]));
    exits(&live, 3);
    let text = stdout(&live);
    assert!(text.contains("1.4.0"), "{text}");
    assert!(!text.contains("hunter2"));
    assert_eq!(
        text,
        diagnosed_again(bundle),
        "a capture keeps what was opened"
    );
    let kept = every_byte(Path::new(bundle));
    let server = open.kubeconfig.split("server: ").nth(1).expect("a server");
    let server = server.lines().next().expect("a line").trim();
    for secret in ["hunter2", server, &STANDARD.encode(&open.kubeconfig)] {
        assert!(!kept.contains(secret), "{secret}");
    }
    let denied = |builder: Builder| released(builder).deny("get", "secrets", "*");
    let denied = dogwatch(&fleet(denied, &[]).arguments(&["--helm-releases"]));
    let found: Value = serde_json::from_str(&stdout(&denied)).expect("JSON");
    let gaps = found["data_gaps"].to_string();
    assert!(
        gaps.contains("Helm releases") && gaps.contains("denied"),
        "{gaps}"
    );
}

#[test]
fn a_watch_reads_both_clusters_again_and_again() {
    let fleet = fleet(|builder| builder, &[]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .env_clear()
        .env("HOME", "/nonexistent")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .args(fleet.arguments(&["--watch"]))
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().expect("piped"));
    output.read_line(&mut line).expect("a first round");
    let first: Value = serde_json::from_str(&line).expect("one JSON document per round");
    assert_eq!(first["summary"]["status"], "unhealthy", "{first}");
    let opened = fleet.vault.opened();
    let asked_again = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        fleet.vault.opened() > opened
    });
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(
        asked_again,
        "a second round begins at the management cluster"
    );
}
