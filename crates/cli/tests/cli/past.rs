//! What changed before: an earlier recording, an audit log, releases of Helm.

mod delivered;
mod impact;
mod releases;
pub(crate) mod vault;

use std::{fs, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{dogwatch, exits, shop, stderr, stdout};

fn report(extra: &[&str]) -> Value {
    let base = ["inspect", "-A", "-o", "json"];
    let output = dogwatch(&[&base[..], extra].concat());
    exits(&output, 3);
    serde_json::from_str(&stdout(&output)).expect("JSON")
}

/// Changes of one source.
fn changes(report: &Value, source: &str) -> Vec<Value> {
    let all = report["changes"].as_array().into_iter().flatten();
    all.filter(|change| change["source"] == source)
        .cloned()
        .collect()
}

fn path(folder: &Path) -> &str {
    folder.to_str().expect("a path")
}

fn audited(code: u16, time: &str) -> String {
    json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "stage": "ResponseComplete",
        "verb": "patch", "user": {"username": "alice"}, "userAgent": "kubectl",
        "objectRef": {"resource": "deployments", "namespace": "shop", "name": "api",
            "apiGroup": "apps", "apiVersion": "v1"},
        "responseStatus": {"code": code},
        "requestReceivedTimestamp": time,
        "requestObject": {"spec": {"template": {"spec": {"containers": [
            {"name": "api", "image": "reg.example/api:v2"}]}}}},
    })
    .to_string()
}

#[test]
fn an_audit_log_names_who_made_the_change_that_is_blamed() {
    let folder = shop::folder();
    let log = folder.path().join("writes.txt");
    fs::write(&log, audited(200, "2026-01-01T00:09:58Z")).expect("written");
    let found = report(&["--from", path(folder.path()), "--audit-log", path(&log)]);
    let changes = changes(&found, "audit_log");
    assert_eq!(changes[0]["actor"], "alice", "{found:#}");
    assert_eq!(changes[0]["verdict"], "blamed");
    assert_eq!(changes[0]["fields"][0]["to"], "reg.example/api:v2");
}

#[test]
fn rejected_and_later_writes_are_not_blamed() {
    let folder = shop::folder();
    let log = folder.path().join("writes.txt");
    let lines = [
        audited(403, "2026-01-01T00:09:58Z"),
        audited(200, "2026-01-01T00:20:30Z"),
    ];
    fs::write(&log, lines.join("\n")).expect("written");
    let found = report(&["--from", path(folder.path()), "--audit-log", path(&log)]);
    assert_eq!(changes(&found, "audit_log"), [] as [Value; 0]);
}

#[test]
fn an_audit_log_in_the_recording_is_read_and_a_missing_one_is_said() {
    let folder = shop::folder();
    fs::create_dir(folder.path().join("audit")).expect("made");
    let line = audited(200, "2026-01-01T00:09:58Z");
    shop::write(folder.path(), "audit/apiserver.log", &line);
    let found = report(&["--from", path(folder.path())]);
    assert_eq!(changes(&found, "audit_log").len(), 1, "{found:#}");
    let output = dogwatch(&[
        "inspect",
        "--from",
        path(folder.path()),
        "--audit-log",
        "/none",
    ]);
    assert!(
        stderr(&output).contains("audit log /none"),
        "{}",
        stderr(&output)
    );
    exits(&output, 1);
}

/// The same shop a while earlier: one version, and an Event that tells the time.
fn earlier() -> TempDir {
    let mut objects = shop::objects();
    objects.retain(|object| {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        !name.starts_with("api-2") && object["kind"] != "Event"
    });
    for object in &mut objects {
        match object["kind"].as_str() {
            Some("Deployment") => {
                object["metadata"]["generation"] = json!(1);
                object["spec"]["template"]["spec"]["containers"][0]["image"] =
                    json!("reg.example/api:v1");
            }
            Some("Pod") => object["metadata"]["creationTimestamp"] = json!("2026-01-01T00:00:00Z"),
            _ => {}
        }
    }
    objects.push(json!({
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": "e0", "namespace": "shop", "uid": "event-0"},
        "involvedObject": {"kind": "Pod", "name": "x", "namespace": "shop", "uid": "x"},
        "reason": "Started", "type": "Normal", "lastTimestamp": "2026-01-01T00:09:00Z",
    }));
    shop::folder_of(&objects)
}

#[test]
fn an_earlier_recording_tells_what_differs() {
    let (old, new) = (earlier(), shop::folder());
    let gone = json!({"kind": "Service", "metadata": {"name": "gone", "namespace": "shop"}});
    for (folder, items) in [(&old, json!([gone])), (&new, json!([]))] {
        let list = json!({"apiVersion": "v1", "kind": "ServiceList", "items": items});
        shop::write(folder.path(), "services.json", &list.to_string());
    }
    let found = report(&["--from", path(new.path()), "--before", path(old.path())]);
    let changes = changes(&found, "captures");
    let api = changes
        .iter()
        .find(|change| change["object"]["kind"] == "Deployment")
        .unwrap_or_else(|| panic!("{found:#}"));
    assert_eq!(api["fields"][0]["from"], "reg.example/api:v1");
    assert_eq!(api["between"]["after"], "2026-01-01T00:10:05Z");
    let text = dogwatch(&[
        "report",
        "--from",
        path(new.path()),
        "--before",
        path(old.path()),
    ]);
    let text = stdout(&text);
    assert!(text.contains("What changed before"), "{text}");
    assert!(text.contains("Service shop/gone: deleted"), "{text}");
}

#[test]
fn a_recording_that_is_not_earlier_is_refused() {
    let (old, new) = (earlier(), shop::folder());
    let output = dogwatch(&[
        "inspect",
        "--from",
        path(old.path()),
        "--before",
        path(new.path()),
    ]);
    exits(&output, 2);
    assert!(
        stderr(&output).contains("not earlier"),
        "{}",
        stderr(&output)
    );
    exits(&dogwatch(&["inspect", "--before", path(new.path())]), 2);
}
