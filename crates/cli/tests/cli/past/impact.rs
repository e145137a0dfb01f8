//! The actions about changes, with every source.

use std::fs;

use serde_json::{Value, json};

use super::{audited, earlier, path};
use crate::{dogwatch, exits, shop, stdout};

fn impact(extra: &[&str]) -> Value {
    let base = [
        "action",
        "huawei_change_impact_analyze",
        "region=x",
        "cluster_id=c",
        "namespace=shop",
        "workload_name=api",
        "fault_time=2026-01-01T00:15:00Z",
    ];
    let output = dogwatch(&[&base[..], extra].concat());
    exits(&output, 0);
    serde_json::from_str(&stdout(&output)).expect("JSON")
}

fn named<'a>(answer: &'a Value, source: &str) -> Vec<&'a Value> {
    let rows = answer["changes"].as_array().into_iter().flatten();
    rows.filter(|row| row["source"] == source).collect()
}

#[test]
fn a_write_of_the_audit_log_is_scored_with_what_it_reaches_and_what_followed() {
    let folder = shop::folder();
    let log = folder.path().join("writes.txt");
    fs::write(&log, audited(200, "2026-01-01T00:09:58Z")).expect("written");
    let from = format!("from={}", path(folder.path()));
    let log = format!("audit_log={}", path(&log));
    let answer = impact(&[&from, &log]);
    let row = named(&answer, "audit_log")[0];
    let expected = json!({
        "time": "2026-01-01T00:09:58Z", "verb": "patch", "resource": "deployments",
        "namespace": "shop", "name": "api", "object_key": "Deployment/shop/api",
        "category": "workload_release", "actor": "alice", "user_agent": "kubectl",
        "status_code": 200, "scope_match": "target-object", "risk_level": "High",
        "confidence": "medium", "blast_radius": 4,
    });
    for (key, value) in expected.as_object().expect("a map") {
        assert_eq!(&row[key], value, "{key}: {row:#}");
    }
    // 45 for the release, 13 for 5 minutes, 3 for a warning, 3 for its reach, 8 for the target.
    assert_eq!(row["risk_score"], 72);
    assert_eq!(row["impacted_entities"]["nodes"], json!(["n1"]));
    assert_eq!(
        row["semantic_fields"],
        json!(["spec.template.spec.containers[api].image"])
    );
    assert_eq!(
        answer["top_changes"][0]["object_key"],
        "Deployment/shop/api"
    );
    let without = impact(&[&from, &log, "include_audit=false"]);
    assert_eq!(named(&without, "audit_log"), [] as [&Value; 0]);
    let quiet = impact(&[&from, &log, "include_k8s_events=false"]);
    assert_eq!(named(&quiet, "audit_log")[0]["risk_score"], 69);
}

#[test]
fn what_came_with_or_after_the_incident_or_was_rejected_is_left_out() {
    let folder = shop::folder();
    let log = folder.path().join("writes.txt");
    let lines = [
        audited(200, "2026-01-01T00:15:00Z"),
        audited(200, "2026-01-01T00:16:00Z"),
        audited(409, "2026-01-01T00:10:00Z"),
        audited(200, "2025-12-31T20:00:00Z"),
    ];
    fs::write(&log, lines.join("\n")).expect("written");
    let from = format!("from={}", path(folder.path()));
    let log = format!("audit_log={}", path(&log));
    assert_eq!(
        named(&impact(&[&from, &log]), "audit_log"),
        [] as [&Value; 0]
    );
    let longer = impact(&[&from, &log, "start_time=2025-12-31T19:00:00Z"]);
    assert_eq!(
        named(&longer, "audit_log").len(),
        1,
        "the window can be told"
    );
}

#[test]
fn writes_to_kinds_that_are_not_read_count_as_well() {
    let folder = shop::folder();
    let log = folder.path().join("writes.txt");
    let role = json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "stage": "ResponseComplete",
        "verb": "delete", "user": {"username": "bob"}, "responseStatus": {"code": 200},
        "objectRef": {"resource": "clusterroles", "name": "reader",
            "apiGroup": "rbac.authorization.k8s.io"},
        "requestReceivedTimestamp": "2026-01-01T00:14:00Z",
    });
    fs::write(&log, role.to_string()).expect("written");
    let from = format!("from={}", path(folder.path()));
    let answer = impact(&[&from, &format!("audit_log={}", path(&log))]);
    let row = named(&answer, "audit_log")[0];
    assert_eq!(row["category"], "security_policy_change");
    assert_eq!(row["object_key"], "clusterroles/reader");
    assert_eq!(row["risk_score"], 100, "85 and 15 for its time");
}

#[test]
fn an_earlier_recording_frames_a_change() {
    let (old, new) = (earlier(), shop::folder());
    let from = format!("from={}", path(new.path()));
    let before = format!("before={}", path(old.path()));
    let answer = impact(&[&from, &before]);
    let row = named(&answer, "captures")[0];
    assert_eq!(row["time"], Value::Null);
    assert_eq!(row["between"]["after"], "2026-01-01T00:10:05Z");
    assert_eq!(row["confidence"], "low");
    let times = answer["capture_metadata"]["compared_with"].as_str();
    assert_eq!(times, Some("2026-01-01T00:10:05Z"));
}

#[test]
fn writes_of_an_audit_log_are_listed_and_without_one_it_is_said() {
    let folder = shop::folder();
    let log = folder.path().join("writes.txt");
    let lines = [
        audited(200, "2026-01-01T00:09:58Z"),
        audited(403, "2026-01-01T00:09:59Z"),
        audited(200, "2025-12-31T20:00:00Z"),
    ];
    fs::write(&log, lines.join("\n")).expect("written");
    let from = format!("from={}", path(folder.path()));
    let log = format!("audit_log={}", path(&log));
    let ask = |extra: &[&str]| {
        let base = [
            "action",
            "huawei_query_cce_audit_logs",
            "region=x",
            "cluster_id=c",
        ];
        let output = dogwatch(&[&base[..], extra].concat());
        let answer: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        (answer, output.status.code())
    };
    let (answer, code) = ask(&[&from, &log, "verb=patch,delete", "user=ali"]);
    assert_eq!((code, &answer["count"]), (Some(0), &json!(2)), "{answer:#}");
    assert_eq!(
        answer["audit_logs"][0]["status_code"], 403,
        "the newest first"
    );
    for (narrow, count) in [
        ("status_code=200", 1),
        ("audit_type=pod_delete", 0),
        ("audit_type=workload_change", 2),
        ("resource=services", 0),
        ("start_time=2025-12-31T00:00:00Z", 3),
    ] {
        let (answer, _) = ask(&[&from, &log, narrow]);
        assert_eq!(answer["count"], count, "{narrow}");
    }
    let (answer, code) = ask(&[&from]);
    assert_eq!((code, &answer["success"]), (Some(1), &json!(false)));
    assert!(
        answer["error"]
            .as_str()
            .is_some_and(|it| it.contains("audit_log=FILE"))
    );
}
