//! Audit logs as an API server writes them, and damaged ones.

use serde_json::{Value, json};

use super::*;

fn event(verb: &str, resource: &str, name: &str, code: u16) -> Value {
    json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "stage": "ResponseComplete",
        "verb": verb, "user": {"username": "alice"}, "userAgent": "kubectl/v1.36",
        "objectRef": {"resource": resource, "namespace": "shop", "name": name, "apiVersion": "v1"},
        "responseStatus": {"code": code},
        "requestReceivedTimestamp": "2026-01-01T00:04:00.123456Z",
    })
}

fn with(mut event: Value, key: &str, object: Value) -> Value {
    event[key] = object;
    event
}

fn log(events: &[Value]) -> History {
    let lines: Vec<String> = events.iter().map(Value::to_string).collect();
    read(lines.join("\n").as_bytes())
}

fn told(history: &History) -> Vec<String> {
    let fields = history.audit.iter().flat_map(|record| record.fields.iter());
    fields
        .map(|field| {
            let from = field.from.as_deref().unwrap_or("?");
            format!("{}: {from} -> {}", field.path, field.to)
        })
        .collect()
}

fn deployment(image: &str, value: &str) -> Value {
    json!({"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"template": {"spec": {
        "containers": [{"name": "app", "image": image, "env": [{"name": "P", "value": value}]}]}}}})
}

#[test]
fn writes_are_kept_with_who_when_and_what_they_touch() {
    let patch = json!({"spec": {"template": {"spec": {"containers": [
        {"name": "app", "image": "web:2"}], "$setElementOrder/containers": [{"name": "app"}]}}}});
    let found = log(&[
        with(
            event("patch", "deployments", "web", 200),
            "requestObject",
            patch,
        ),
        event("get", "deployments", "web", 200),
        event("update", "leases", "x", 200),
    ]);
    assert_eq!(found.entries[0].outcome, ReadOutcome::Ok { items: 3 });
    let [record] = found.audit.as_slice() else {
        panic!("{:?}", found.audit)
    };
    assert_eq!(
        (&*record.user, &*record.verb, record.code),
        ("alice", "patch", 200)
    );
    assert_eq!(record.at, "2026-01-01T00:04:00.123456Z".parse().unwrap());
    assert_eq!(
        told(&found),
        ["spec.template.spec.containers[app].image: ? -> web:2"]
    );
}

#[test]
fn two_states_of_an_object_tell_what_differs() {
    let update = |image: &str, value: &str| {
        let event = event("update", "deployments", "web", 200);
        with(event, "responseObject", deployment(image, value))
    };
    let found = log(&[update("web:1", "hunter1"), update("web:2", "hunter2")]);
    assert_eq!(
        told(&found),
        [
            "spec.template.spec.containers[app].env[P].value: (hidden) -> (hidden)",
            "spec.template.spec.containers[app].image: web:1 -> web:2",
        ]
    );
    assert!(found.audit[1].has_more);
    assert!(!format!("{found:?}").contains("hunter"));
}

#[test]
fn payloads_of_secrets_and_values_of_config_maps_are_never_kept() {
    let patch = |resource: &str| {
        let body = json!({"data": {"password": "hunter2"}});
        with(event("patch", resource, "db", 200), "requestObject", body)
    };
    let found = log(&[patch("secrets"), patch("configmaps")]);
    assert!(!format!("{found:?}").contains("hunter"));
    assert_eq!(
        told(&found),
        [
            "data: (hidden) -> (hidden)",
            "data.password: (hidden) -> (hidden)"
        ]
    );
    assert!(!format!("{:?}", found.audit[0]).contains("password"));
}

#[test]
fn a_json_patch_names_paths_and_a_rejected_write_changes_nothing() {
    let operations = json!([{"op": "replace", "path": "/spec/replicas", "value": 3},
        {"op": "add", "path": "/metadata/labels/a", "value": "b"}]);
    let found = log(&[
        with(
            event("patch", "deployments", "web", 200),
            "requestObject",
            operations.clone(),
        ),
        with(
            event("patch", "deployments", "web", 403),
            "requestObject",
            operations,
        ),
    ]);
    assert_eq!(told(&found), ["spec.replicas: ? -> 3"]);
    assert_eq!(found.audit[1].code, 403);
}

#[test]
fn lists_and_damaged_lines_are_understood_as_far_as_they_go() {
    let list = json!({"kind": "EventList", "apiVersion": "audit.k8s.io/v1",
        "items": [event("delete", "services", "web", 200)]});
    assert_eq!(log(std::slice::from_ref(&list)).audit.len(), 1);
    let pretty = serde_json::to_string_pretty(&list).unwrap();
    assert_eq!(read(pretty.as_bytes()).audit.len(), 1);
    let text = format!(
        "{}\nnonsense\n{{\"a\":1}}\n",
        event("delete", "services", "web", 200)
    );
    let found = read(text.as_bytes());
    assert_eq!(found.audit.len(), 1);
    assert!(matches!(
        found.entries[0].outcome,
        ReadOutcome::Truncated { unreadable: 2, .. }
    ));
}

#[test]
fn a_folder_of_rotated_logs_is_one_log() {
    let folder = tempfile::tempdir().unwrap();
    let update = |image: &str| {
        let event = event("update", "deployments", "web", 200);
        with(event, "responseObject", deployment(image, "v")).to_string()
    };
    std::fs::write(folder.path().join("audit-2.log"), update("web:2")).unwrap();
    std::fs::write(folder.path().join("audit-1.log"), update("web:1")).unwrap();
    std::fs::create_dir(folder.path().join("other")).unwrap();
    let found = open(folder.path()).unwrap();
    assert_eq!(found.entries[0].outcome, ReadOutcome::Ok { items: 2 });
    assert_eq!(
        told(&found),
        ["spec.template.spec.containers[app].image: web:1 -> web:2"]
    );
    assert!(open(&folder.path().join("none")).is_err());
}

#[test]
fn lines_that_are_too_long_and_writes_that_are_too_many_are_cut() {
    let long = format!(
        "{}\n{}\n",
        "a".repeat(MAX_LINE_BYTES + 1),
        event("delete", "services", "a", 200)
    );
    let found = read(long.as_bytes());
    assert_eq!(found.audit.len(), 1);
    let mut many = String::new();
    for number in 0..=MAX_RECORDS {
        many += &event("delete", "services", &number.to_string(), 200).to_string();
        many.push('\n');
    }
    let found = read(many.as_bytes());
    assert_eq!(found.audit.len(), MAX_RECORDS);
    assert_eq!(found.audit[0].name, "1", "the oldest goes");
    let ReadOutcome::Truncated { limit, .. } = &found.entries[0].outcome else {
        panic!("{:?}", found.entries)
    };
    assert!(limit.contains("20000"), "{limit}");
}
