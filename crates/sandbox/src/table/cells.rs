//! Cell texts that many kinds share.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clock::{human, parse};
use crate::fields::{list, map, text};
use crate::selectors::LabelSelector;

/// How long ago an RFC 3339 text was, or `<unknown>`.
pub(super) fn since(at: &str, now: Timestamp) -> String {
    match parse(at) {
        Some(at) => human(now.as_second() - at.as_second()),
        None => "<unknown>".to_owned(),
    }
}

/// The age of an object.
pub(super) fn age(object: &Value, now: Timestamp) -> Value {
    json!(since(text(object, "/metadata/creationTimestamp"), now))
}

/// The name of an object.
pub(super) fn name(object: &Value) -> Value {
    json!(text(object, "/metadata/name"))
}

/// The text at a pointer, or another text when it is empty.
pub(super) fn text_or(object: &Value, pointer: &str, other: &str) -> Value {
    let found = text(object, pointer);
    json!(if found.is_empty() { other } else { found })
}

/// The scalar at a pointer as text, or another text.
pub(super) fn scalar_or(object: &Value, pointer: &str, other: &str) -> Value {
    match object.pointer(pointer) {
        Some(Value::String(text)) => json!(text),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => json!(value.to_string()),
        _ => json!(other),
    }
}

/// A boolean as `kubectl` prints it.
pub(super) fn flag(object: &Value, pointer: &str, other: &str) -> Value {
    match object.pointer(pointer).and_then(Value::as_bool) {
        Some(true) => json!("True"),
        Some(false) => json!("False"),
        None => json!(other),
    }
}

/// Container names, images and the selector, for `-o wide`.
pub(super) fn containers(object: &Value, pod_spec: &str) -> [Value; 2] {
    let containers = list(object, &format!("{pod_spec}/containers"));
    let join = |key| {
        containers
            .iter()
            .map(|c| text(c, key))
            .collect::<Vec<_>>()
            .join(",")
    };
    [json!(join("/name")), json!(join("/image"))]
}

/// A label selector in its text form.
pub(super) fn selector(object: &Value, pointer: &str) -> Value {
    match object.pointer(pointer) {
        Some(spec) => {
            let selector = LabelSelector::from_spec(spec);
            json!(if selector.is_empty() {
                "<none>".to_owned()
            } else {
                selector.to_string()
            })
        }
        None => json!("<none>"),
    }
}

/// A map as `a=b,c=d`, or `<none>`.
pub(super) fn pairs(object: &Value, pointer: &str) -> Value {
    let pairs: Vec<String> = map(object, pointer)
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    json!(if pairs.is_empty() {
        "<none>".to_owned()
    } else {
        pairs.join(",")
    })
}

/// The first entries of a list, and how many more there are.
pub(super) fn first_of(all: &[String], shown: usize, empty: &str) -> String {
    if all.is_empty() {
        return empty.to_owned();
    }
    let head = all[..all.len().min(shown)].join(",");
    match all.len().checked_sub(shown).filter(|more| *more > 0) {
        Some(more) => format!("{head} + {more} more..."),
        None => head,
    }
}
