//! Short, forgiving readers of fields in untrusted Kubernetes JSON.

use serde_json::{Map, Value};

/// The text at a JSON pointer, or `""`.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}

/// The whole number at a JSON pointer.
pub(crate) fn int(value: &Value, pointer: &str) -> Option<i64> {
    value.pointer(pointer).and_then(Value::as_i64)
}

/// The whole number at a JSON pointer, or 0.
pub(crate) fn count(value: &Value, pointer: &str) -> i64 {
    int(value, pointer).unwrap_or(0)
}

/// The whole number at a JSON pointer in a range that can be added up, or 0.
pub(crate) fn bounded(value: &Value, pointer: &str) -> i64 {
    count(value, pointer).clamp(0, 1_000_000)
}

/// Whether the boolean at a JSON pointer is `true`.
pub(crate) fn is_true(value: &Value, pointer: &str) -> bool {
    value
        .pointer(pointer)
        .and_then(Value::as_bool)
        .unwrap_or(false)
}

/// The list at a JSON pointer, or an empty one.
pub(crate) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The object at a JSON pointer.
pub(crate) fn map<'a>(value: &'a Value, pointer: &str) -> Option<&'a Map<String, Value>> {
    value.pointer(pointer).and_then(Value::as_object)
}

/// The condition of this type in `status.conditions`.
pub(crate) fn condition<'a>(value: &'a Value, kind: &str) -> Option<&'a Value> {
    list(value, "/status/conditions")
        .iter()
        .find(|c| text(c, "/type") == kind)
}

/// Whether the condition of this type has status `True`.
pub(crate) fn condition_true(value: &Value, kind: &str) -> bool {
    condition(value, kind).is_some_and(|c| text(c, "/status") == "True")
}

/// The object under `key`, made (or replaced by an empty object) when it is not one.
pub(crate) fn object_mut<'a>(value: &'a mut Value, key: &str) -> &'a mut Map<String, Value> {
    let holder = as_object_mut(value);
    as_object_mut(holder.entry(key.to_owned()).or_insert(Value::Null))
}

/// The value as an object; anything else becomes an empty object first.
pub(crate) fn as_object_mut(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    value.as_object_mut().expect("made an object above")
}

/// Sets a field at a path of keys. What is no object on the way becomes one.
pub(crate) fn put(value: &mut Value, path: &[&str], field: Value) {
    let Some((key, rest)) = path.split_first() else {
        *value = field;
        return;
    };
    put(
        as_object_mut(value)
            .entry((*key).to_owned())
            .or_insert(Value::Null),
        rest,
        field,
    );
}

/// Sets a text in `metadata`.
pub(crate) fn set_meta(value: &mut Value, key: &str, text: impl Into<String>) {
    object_mut(value, "metadata").insert(key.to_owned(), Value::String(text.into()));
}
