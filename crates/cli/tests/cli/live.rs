//! Against an API server on loopback: recording and replay give the same bytes, permissions that are
//! missing are named, requests are counted.

use std::{net::Ipv4Addr, path::Path};

use dogwatch_sandbox::{Builder, Clock, Sandbox, Server};
use serde_json::Value;

use crate::{dogwatch, exits, shop, stderr, stdout};

pub(crate) struct Cluster {
    runtime: tokio::runtime::Runtime,
    server: Server,
    kubeconfig: tempfile::NamedTempFile,
}

pub(crate) fn cluster(change: impl FnOnce(Builder) -> Builder) -> Cluster {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let now = "2026-01-01T00:21:00Z".parse().expect("a time");
    let builder = Sandbox::builder()
        .clock(Clock::Frozen(now))
        .objects(shop::objects());
    let sandbox = change(builder).build();
    let serve = sandbox.serve((Ipv4Addr::LOCALHOST, 0).into());
    let server = runtime.block_on(serve).expect("it serves");
    let kubeconfig = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(kubeconfig.path(), server.kubeconfig()).expect("written");
    Cluster {
        runtime,
        server,
        kubeconfig,
    }
}

impl Cluster {
    pub(crate) fn config(&self) -> &str {
        self.kubeconfig.path().to_str().expect("a path")
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.server.requests()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The server stops with its runtime; nothing else needs it.
        let _guard = self.runtime.enter();
    }
}

fn diagnose(extra: &[&str]) -> std::process::Output {
    let base = ["diagnose", "deploy/api", "-n", "shop", "-o", "json"];
    dogwatch(&[&base[..], extra].concat())
}

#[test]
fn a_capture_gives_the_same_bytes_as_the_cluster() {
    let cluster = cluster(|builder| builder);
    let folder = tempfile::tempdir().expect("a folder");
    let bundle = folder.path().join("bundle.tar.gz");
    let bundle = bundle.to_str().expect("a path");
    let live = diagnose(&["--kubeconfig", cluster.config(), "--capture", bundle]);
    exits(&live, 3);
    let again = diagnose(&["--from", bundle]);
    assert_eq!(stdout(&live), stdout(&again));
    assert!(Path::new(bundle).exists());
}

#[test]
fn one_workload_costs_at_most_eight_requests() {
    let cluster = cluster(|builder| builder);
    exits(&diagnose(&["--kubeconfig", cluster.config()]), 3);
    let requests = cluster.server.requests();
    assert!(requests.len() <= 8, "{requests:#?}");
    assert!(
        requests.iter().all(|request| !request.contains("secrets")),
        "{requests:#?}"
    );
}

#[test]
fn missing_permissions_are_named_and_the_rest_stands() {
    let cluster = cluster(|builder| builder.deny("list", "events", "*"));
    let output = diagnose(&["--kubeconfig", cluster.config()]);
    exits(&output, 3);
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(
        report["summary"]["top_cause"], "ImagePullBackOff",
        "the status tells it too"
    );
    let gaps = report["data_gaps"].to_string();
    assert!(gaps.contains("events") && gaps.contains("denied"), "{gaps}");
}

#[test]
fn nothing_may_be_read() {
    let cluster = cluster(|builder| builder.deny("list", "*", "*").deny("get", "*", "*"));
    let output = dogwatch(&[
        "diagnose",
        "deploy/api",
        "-n",
        "shop",
        "--kubeconfig",
        cluster.config(),
    ]);
    exits(&output, 5);
    assert!(
        stderr(&output).contains("not allowed"),
        "{}",
        stderr(&output)
    );
    let output = dogwatch(&["inspect", "-A", "--kubeconfig", cluster.config()]);
    exits(&output, 5);
    let doctor = dogwatch(&["doctor", "--kubeconfig", cluster.config()]);
    exits(&doctor, 5);
    assert!(
        stdout(&doctor).contains("grant list on pods"),
        "{}",
        stdout(&doctor)
    );
}

#[test]
fn healthy_is_said_only_when_everything_was_read() {
    let healthy = |builder: Builder| {
        let objects = shop::objects()
            .into_iter()
            .filter(|object| object["kind"] == "Namespace");
        drop(builder);
        let now = "2026-01-01T00:21:00Z".parse().expect("a time");
        Sandbox::builder()
            .clock(Clock::Frozen(now))
            .objects(objects)
    };
    let all = cluster(healthy);
    let output = dogwatch(&["inspect", "-A", "--kubeconfig", all.config(), "-o", "json"]);
    exits(&output, 0);
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(report["summary"]["status"], "healthy");
    let holed = cluster(|builder| healthy(builder).deny("list", "events", "*"));
    let output = dogwatch(&[
        "inspect",
        "-A",
        "--kubeconfig",
        holed.config(),
        "-o",
        "json",
    ]);
    exits(&output, 5);
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(report["summary"]["status"], "unknown");
}
