//! Which fields of an object a write changed, from the objects that the log holds.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use dogwatch_model::{
    redaction::redact,
    snapshot::AuditField,
    wire::{List, Text},
};
use serde_json::Value;

/// Objects of which the last state is remembered, to compare the next one with.
const MAX_OBJECTS: usize = 2_000;

/// Fields looked at of one object.
const MAX_LEAVES: usize = 400;

/// Fields kept of one write.
const MAX_FIELDS: usize = 20;

/// Deepest field.
const MAX_DEPTH: usize = 16;

/// Longest path and value, in characters.
const MAX_CHARS: usize = 160;

/// Stands for a value that is never read.
const HIDDEN: &str = "(hidden)";

/// Outer fields that say what is wanted.
const WANTED: &[&str] = &[
    "spec",
    "data",
    "binaryData",
    "stringData",
    "rules",
    "roleRef",
    "subjects",
    "webhooks",
    "type",
    "immutable",
];

/// Which object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) group: Text,
    pub(super) resource: Text,
    pub(super) namespace: Text,
    pub(super) name: Text,
}

/// A value as it is shown, and a fingerprint of it as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Leaf {
    shown: Text,
    digest: u64,
}

type Leaves = BTreeMap<String, Leaf>;

/// The last known state of objects.
#[derive(Debug, Default)]
pub(super) struct Known {
    objects: BTreeMap<Place, Leaves>,
}

impl Known {
    /// What a write that was carried out changed, or at least touched, and whether it touched more.
    pub(super) fn fields(
        &mut self,
        verb: &str,
        place: Place,
        (request, response): (&Value, &Value),
    ) -> (List<AuditField>, bool) {
        let is_object =
            |value: &Value| value.get("metadata").is_some() && value["kind"] != "Status";
        let after = if is_object(response) {
            Some(leaves(&place.resource, response))
        } else if matches!(verb, "create" | "update" | "replace") && is_object(request) {
            Some(leaves(&place.resource, request))
        } else {
            None
        };
        let before = self.objects.remove(&place);
        let changes = match (verb, &before, &after) {
            ("update" | "replace" | "patch", Some(before), Some(after)) => differ(before, after),
            ("patch", _, _) => touched(&place.resource, request),
            _ => Vec::new(),
        };
        if let Some(after) = after
            && !matches!(verb, "delete" | "deletecollection")
            && self.objects.len() < MAX_OBJECTS
        {
            self.objects.insert(place, after);
        }
        kept(changes)
    }
}

fn kept(mut changes: Vec<AuditField>) -> (List<AuditField>, bool) {
    let is_hidden = |field: &AuditField| *field.to == *HIDDEN;
    let has_more = changes.len() > MAX_FIELDS || changes.iter().any(is_hidden);
    changes.truncate(MAX_FIELDS);
    (changes.into(), has_more)
}

fn differ(before: &Leaves, after: &Leaves) -> Vec<AuditField> {
    let mut paths: Vec<&String> = before.keys().chain(after.keys()).collect();
    paths.sort();
    paths.dedup();
    let shown = |leaf: Option<&Leaf>| leaf.map_or_else(Text::default, |leaf| leaf.shown.clone());
    paths
        .into_iter()
        .filter(|path| before.get(*path) != after.get(*path))
        .map(|path| {
            let (from, to) = (shown(before.get(path)), shown(after.get(path)));
            let is_hidden = *from == *HIDDEN || *to == *HIDDEN;
            AuditField {
                path: path.as_str().into(),
                from: Some(if is_hidden { HIDDEN.into() } else { from }),
                to: if is_hidden { HIDDEN.into() } else { to },
            }
        })
        .collect()
}

/// What a patch names: a merge patch is a part of an object, a JSON patch a list of operations.
fn touched(resource: &str, patch: &Value) -> Vec<AuditField> {
    let mut found = Leaves::new();
    if let Value::Array(operations) = patch {
        for operation in operations.iter().take(MAX_LEAVES) {
            // An operation without a path names nothing, which is no wanted place.
            let pointer = operation["path"].as_str().unwrap_or_default();
            let place = pointer.trim_start_matches('/').replace('/', ".");
            let is_wanted = WANTED.iter().any(|outer| place.starts_with(outer));
            if is_wanted {
                walk(resource, &place, &operation["value"], 0, &mut found);
            }
        }
    } else {
        found = leaves(resource, patch);
    }
    let fields = found.into_iter().map(|(path, leaf)| AuditField {
        from: (*leaf.shown == *HIDDEN).then(|| HIDDEN.into()),
        path: path.into(),
        to: leaf.shown,
    });
    fields.collect()
}

fn leaves(resource: &str, object: &Value) -> Leaves {
    let mut found = Leaves::new();
    for outer in WANTED {
        if let Some(inner) = object.get(outer) {
            walk(resource, outer, inner, 0, &mut found);
        }
    }
    found
}

fn walk(resource: &str, path: &str, value: &Value, depth: usize, found: &mut Leaves) {
    if found.len() >= MAX_LEAVES || depth > MAX_DEPTH || path.len() > MAX_CHARS {
        return;
    }
    match value {
        // All that is known of a Secret is that its data was written.
        _ if resource == "secrets" => put(path, value, true, found),
        Value::Object(map) if !map.is_empty() => {
            // Directives of a strategic merge patch are no fields.
            for (name, below) in map.iter().filter(|(name, _)| !name.starts_with('$')) {
                walk(resource, &format!("{path}.{name}"), below, depth + 1, found);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            for (at, below) in list.iter().enumerate() {
                let name = below.get("name").and_then(Value::as_str);
                let name = name.map_or_else(|| at.to_string(), str::to_owned);
                entry(
                    resource,
                    &format!("{path}[{name}]"),
                    below,
                    depth + 1,
                    found,
                );
            }
        }
        _ => put(path, value, is_hidden(resource, path), found),
    }
}

/// An entry of a list; its name stands in the path already.
fn entry(resource: &str, path: &str, value: &Value, depth: usize, found: &mut Leaves) {
    let is_named = value.get("name").is_some_and(Value::is_string);
    let Some(map) = value.as_object().filter(|_| is_named) else {
        return walk(resource, path, value, depth, found);
    };
    for (name, below) in map.iter().filter(|(name, _)| *name != "name") {
        walk(resource, &format!("{path}.{name}"), below, depth + 1, found);
    }
}

/// Values that are never read: those of ConfigMaps, and of environment variables and headers.
fn is_hidden(resource: &str, path: &str) -> bool {
    let is_value = path.rsplit('.').next() == Some("value");
    resource == "configmaps"
        || (is_value && (path.contains("env[") || path.contains("httpHeaders[")))
}

fn put(path: &str, value: &Value, is_hidden: bool, found: &mut Leaves) {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let shown = if is_hidden {
        HIDDEN.to_owned()
    } else {
        redact(&text).chars().take(MAX_CHARS).collect()
    };
    let leaf = Leaf {
        shown: shown.into(),
        digest: hasher.finish(),
    };
    found.insert(path.to_owned(), leaf);
}
