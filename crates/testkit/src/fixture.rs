//! Snapshots from short Kubernetes YAML.
//!
//! Objects are written as Kubernetes writes them; what every fixture would repeat is filled in
//! (built-in kinds need no `apiVersion`, custom ones do):
//! Namespace `shop`, UID `<kind>-<name>` in lower case, creation at 2026-01-01T00:00:00Z, and for
//! Events the UID of the object they speak of, type Warning and a time of 00:09. `metadata.owner:
//! ReplicaSet/api-1` stands for a controller reference. Now is 2026-01-01T00:10:00Z.
//!
//! Further documents have no `kind`: `now`, `missing` (sources that were denied),
//! `unrequested` (sources that were not asked for) and `read` (custom kinds that were read
//! completely; nothing is said of others); `ahead` (seconds by which the clock of the management
//! cluster is ahead); `log` (pod, container, previous) with `lines`;
//! `alert` (name, kind, object, container, description); and `service` (node, unit, state).

use dogwatch_model::{
    Alert, Kind, LedgerEntry, NodeService, ObjectRef, ReadOutcome, SkipReason, Snapshot, Source,
    snapshot::{LogExcerpt, LogKey, SnapshotBuilder},
};
use jiff::SignedDuration;
use serde_json::{Map, Value, json};

/// The Namespace of objects that name none.
pub const NAMESPACE: &str = "shop";

const CREATED: &str = "2026-01-01T00:00:00Z";
const SEEN: &str = "2026-01-01T00:09:00Z";
const NOW: &str = "2026-01-01T00:10:00Z";

/// Builds a snapshot from YAML documents.
///
/// # Panics
/// With a message that names the mistake: fixtures are part of the tests.
pub fn snapshot(yaml: &str) -> Snapshot {
    let documents: Vec<Value> =
        serde_saphyr::from_multiple(yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
    let mut builder = SnapshotBuilder::default();
    let mut now = NOW.to_owned();
    let mut refused: Vec<(String, ReadOutcome)> = Vec::new();
    let mut ahead = None;
    for document in documents {
        let Value::Object(map) = document else {
            continue;
        };
        if let Some(alert) = map.get("alert") {
            builder.add_alert(alert_of(alert));
        } else if let Some(service) = map.get("service") {
            let text = |key: &str| service[key].as_str().unwrap_or_default();
            let said = NodeService::said(text("node"), text("unit"), text("state"));
            builder.add_node_service(said.expect("the state says whether the service runs"));
        } else if map.contains_key("log") {
            builder.add_log(log(&map));
        } else if map.contains_key("kind") {
            add(&mut builder, map);
        } else if let Some(seconds) = map.get("ahead").and_then(Value::as_i64) {
            ahead = Some(SignedDuration::from_secs(seconds));
        } else {
            settings(&map, &mut now, &mut refused);
        }
    }
    record_reads(&mut builder, &refused);
    let mut snapshot = builder.finish(
        now.parse().expect("`now` is an RFC 3339 time"),
        Some("v1.36.0".to_owned()),
    );
    snapshot.management_ahead = ahead;
    snapshot
}

fn settings(map: &Map<String, Value>, now: &mut String, refused: &mut Vec<(String, ReadOutcome)>) {
    if let Some(at) = map.get("now").and_then(Value::as_str) {
        at.clone_into(now);
    }
    let denied = ReadOutcome::Denied {
        message: "forbidden".to_owned(),
    };
    let unasked = ReadOutcome::Skipped {
        why: SkipReason::NotRequested,
    };
    let read = ReadOutcome::Ok { items: 0 };
    for (key, outcome) in [
        ("missing", denied),
        ("unrequested", unasked),
        ("read", read),
    ] {
        let names = map.get(key).and_then(Value::as_array).into_iter().flatten();
        for name in names.filter_map(Value::as_str) {
            refused.push((name.to_owned(), outcome.clone()));
        }
    }
}

fn record_reads(builder: &mut SnapshotBuilder, refused: &[(String, ReadOutcome)]) {
    let kinds = Kind::all().map(Source::Objects);
    // A custom kind is written as `Machine.cluster.x-k8s.io`; it is read when nothing else is said.
    let customs = refused.iter().filter_map(|(name, _)| {
        let (kind, group) = name.split_once('.')?;
        Some(Source::Objects(Kind::of(&format!("{group}/v1"), kind)?))
    });
    let sources: Vec<Source> = kinds.chain([Source::Logs]).chain(customs).collect();
    for (name, _) in refused {
        assert!(
            sources.iter().any(|source| source.to_string() == *name),
            "`{name}` is no source: use the plural of a kind, `Kind.group` of a custom one, or `logs`"
        );
    }
    for source in sources {
        let name = source.to_string();
        let outcome = refused
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(ReadOutcome::Ok { items: 0 }, |(_, outcome)| outcome.clone());
        builder.record(LedgerEntry {
            source,
            namespace: None,
            selected: false,
            outcome,
        });
    }
}

fn alert_of(value: &Value) -> Alert {
    let text = |key: &str| value[key].as_str().unwrap_or_default();
    let kind = Kind::of_object(text("kind")).unwrap_or(Kind::Pod);
    let namespace = if kind.info().namespaced {
        NAMESPACE
    } else {
        ""
    };
    Alert {
        name: text("name").into(),
        object: ObjectRef::named(kind, namespace, text("object")),
        container: text("container").into(),
        description: text("description").into(),
    }
}

fn log(map: &Map<String, Value>) -> LogExcerpt {
    let about = &map["log"];
    let text = |key: &str, default: &str| about[key].as_str().unwrap_or(default).into();
    let lines = map
        .get("lines")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    LogExcerpt {
        key: LogKey {
            namespace: text("namespace", NAMESPACE),
            pod: text("pod", ""),
            container: text("container", ""),
            previous: about["previous"].as_bool().unwrap_or(false),
        },
        lines: lines.filter_map(Value::as_str).map(str::to_owned).collect(),
    }
}

fn add(builder: &mut SnapshotBuilder, mut object: Map<String, Value>) {
    let name = object["kind"].as_str().unwrap_or_default().to_owned();
    let version = object.get("apiVersion").and_then(Value::as_str);
    let kind = match version {
        Some(version) => Kind::of(version, &name),
        None => Kind::of_object(&name),
    };
    let kind = kind.unwrap_or_else(|| panic!("`{name}` is no kind that is read"));
    if kind == Kind::Event {
        fill_event(&mut object);
    }
    fill_metadata(kind, &mut object);
    let json = serde_json::to_vec(&object).expect("a JSON value serializes");
    builder
        .add(kind, &json)
        .unwrap_or_else(|error| panic!("{error}: {object:?}"));
}

fn uid(kind: &str, name: &str) -> String {
    format!("{}-{name}", kind.to_ascii_lowercase())
}

fn fill_metadata(kind: Kind, object: &mut Map<String, Value>) {
    let metadata = object.entry("metadata").or_insert_with(|| json!({}));
    let Value::Object(metadata) = metadata else {
        panic!("metadata is no map")
    };
    if kind.info().namespaced {
        metadata
            .entry("namespace")
            .or_insert_with(|| json!(NAMESPACE));
    }
    let name = metadata
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    metadata
        .entry("uid")
        .or_insert_with(|| json!(uid(kind.name(), &name)));
    metadata
        .entry("creationTimestamp")
        .or_insert_with(|| json!(CREATED));
    if let Some(owner) = metadata.remove("owner") {
        let owner = owner.as_str().unwrap_or_default();
        let (kind, name) = owner.split_once('/').expect("owner: Kind/name");
        let reference =
            json!([{"kind": kind, "name": name, "uid": uid(kind, name), "controller": true}]);
        metadata.insert("ownerReferences".to_owned(), reference);
    }
}

fn fill_event(object: &mut Map<String, Value>) {
    let about = object.entry("involvedObject").or_insert_with(|| json!({}));
    let Value::Object(about) = about else {
        panic!("involvedObject is no map")
    };
    let text = |about: &Map<String, Value>, key: &str| {
        about
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let identity = uid(&text(about, "kind"), &text(about, "name"));
    about.entry("uid").or_insert_with(|| json!(identity));
    about.entry("namespace").or_insert_with(|| json!(NAMESPACE));
    object.entry("type").or_insert_with(|| json!("Warning"));
    object.entry("lastTimestamp").or_insert_with(|| json!(SEEN));
    let last = object["lastTimestamp"].clone();
    let first = object.entry("firstTimestamp").or_insert(last).clone();
    let metadata = object.entry("metadata").or_insert_with(|| json!({}));
    metadata
        .as_object_mut()
        .expect("metadata is a map")
        .entry("creationTimestamp")
        .or_insert(first);
}
