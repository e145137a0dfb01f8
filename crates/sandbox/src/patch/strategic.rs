//! Strategic merge patch: like a merge patch, but known lists merge by key, and `$`-directives
//! delete, replace and order.

use serde_json::{Map, Value};

use super::lists::{Strategy, strategy};
use crate::fields::as_object_mut;
use crate::kinds::Kind;

const SET_ORDER: &str = "$setElementOrder/";
const DELETE_FROM: &str = "$deleteFromPrimitiveList/";

/// Merges `patch` into `object`.
pub(super) fn merge(kind: &Kind, object: &mut Value, patch: &Value) {
    if let Some(patch) = patch.as_object() {
        merge_map(kind, as_object_mut(object), patch);
    }
}

fn merge_map(kind: &Kind, object: &mut Map<String, Value>, patch: &Map<String, Value>) {
    match patch.get("$patch").and_then(Value::as_str) {
        Some("replace") => {
            object.clear();
            object.extend(clean_map(patch));
            return;
        }
        Some("delete") => {
            object.clear();
            return;
        }
        _ => {}
    }
    for (key, value) in patch {
        if let Some(field) = key.strip_prefix(DELETE_FROM) {
            let gone = value.as_array().map_or(&[][..], Vec::as_slice);
            if let Some(list) = object.get_mut(field).and_then(Value::as_array_mut) {
                list.retain(|item| !gone.contains(item));
            }
        } else if !key.starts_with('$') {
            merge_field(kind, object, key, value);
        }
    }
    for (key, order) in patch {
        if let Some(field) = key.strip_prefix(SET_ORDER)
            && let (Some(list), Some(order)) = (object.get_mut(field), order.as_array())
        {
            reorder(kind, field, list, order);
        }
    }
    if let Some(kept) = patch.get("$retainKeys").and_then(Value::as_array) {
        object.retain(|key, _| kept.iter().any(|k| k.as_str() == Some(key)));
    }
}

fn merge_field(kind: &Kind, object: &mut Map<String, Value>, key: &str, patch: &Value) {
    match patch {
        Value::Null => {
            object.remove(key);
        }
        Value::Object(fields) => {
            let current = object.entry(key.to_owned()).or_insert(Value::Null);
            merge_map(kind, as_object_mut(current), fields);
        }
        Value::Array(items) => {
            let current = object
                .entry(key.to_owned())
                .or_insert_with(|| Value::Array(Vec::new()));
            merge_list(kind, key, current, items);
        }
        scalar => {
            object.insert(key.to_owned(), scalar.clone());
        }
    }
}

fn merge_list(kind: &Kind, field: &str, current: &mut Value, patch: &[Value]) {
    let replaced = patch.iter().any(|item| directive(item) == Some("replace"));
    let strategy = strategy(
        kind,
        field,
        patch
            .iter()
            .chain(current.as_array().into_iter().flatten())
            .next(),
    );
    let Some(list) = current.as_array_mut().filter(|_| !replaced) else {
        *current = clean_list(patch);
        return;
    };
    match strategy {
        Strategy::Replace => *current = clean_list(patch),
        Strategy::Set => {
            for item in patch {
                if !list.contains(item) {
                    list.push(item.clone());
                }
            }
        }
        Strategy::By(key) => {
            for item in patch {
                merge_item(kind, key, list, item);
            }
        }
    }
}

fn merge_item(kind: &Kind, key: &str, list: &mut Vec<Value>, patch: &Value) {
    let same = |item: &Value| item.get(key).is_some() && item.get(key) == patch.get(key);
    if directive(patch) == Some("delete") {
        list.retain(|item| !same(item));
        return;
    }
    if let Some(item) = list.iter_mut().find(|item| same(item)) {
        merge(kind, item, patch);
    } else {
        let mut item = Value::Object(Map::new());
        merge(kind, &mut item, patch);
        list.push(item);
    }
}

fn directive(item: &Value) -> Option<&str> {
    item.get("$patch").and_then(Value::as_str)
}

fn reorder(kind: &Kind, field: &str, list: &mut Value, order: &[Value]) {
    let Some(items) = list.as_array_mut() else {
        return;
    };
    let strategy = strategy(kind, field, items.first());
    let position = |item: &Value| {
        let found = order.iter().position(|wanted| match strategy {
            Strategy::By(key) => wanted.get(key).is_some() && wanted.get(key) == item.get(key),
            Strategy::Set | Strategy::Replace => wanted == item,
        });
        found.unwrap_or(usize::MAX)
    };
    items.sort_by_key(position);
}

/// The value without directives and nulls, as it is stored.
fn clean(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(clean_map(map).collect()),
        Value::Array(items) => clean_list(items),
        scalar => scalar.clone(),
    }
}

fn clean_map(map: &Map<String, Value>) -> impl Iterator<Item = (String, Value)> {
    let kept = map
        .iter()
        .filter(|(key, value)| !key.starts_with('$') && !value.is_null());
    kept.map(|(key, value)| (key.clone(), clean(value)))
}

fn clean_list(items: &[Value]) -> Value {
    let kept = items.iter().filter(|item| {
        let only_directive = item.as_object().is_some_and(|map| map.len() == 1);
        directive(item).is_none() || !only_directive
    });
    Value::Array(kept.map(clean).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kinds;
    use serde_json::json;

    #[track_caller]
    fn check(mut object: Value, patch: &Value, expected: &Value) {
        let kind = Kinds::builtin().resource("apps", "deployments").unwrap();
        merge(&kind, &mut object, patch);
        assert_eq!(&object, expected);
    }

    #[test]
    fn containers_merge_by_name() {
        check(
            json!({"containers": [{"name": "a", "image": "x:1"}, {"name": "b", "image": "y:1"}]}),
            &json!({"containers": [{"name": "b", "image": "y:2"}, {"name": "c"}]}),
            &json!({"containers": [{"name": "a", "image": "x:1"}, {"name": "b", "image": "y:2"},
                {"name": "c"}]}),
        );
    }

    #[test]
    fn directives_delete_replace_and_order() {
        check(
            json!({"containers": [{"name": "a"}, {"name": "b"}]}),
            &json!({"containers": [{"name": "a", "$patch": "delete"}]}),
            &json!({"containers": [{"name": "b"}]}),
        );
        check(
            json!({"containers": [{"name": "a"}, {"name": "b"}]}),
            &json!({"containers": [{"name": "z"}, {"$patch": "replace"}]}),
            &json!({"containers": [{"name": "z"}]}),
        );
        check(
            json!({"env": [{"name": "a"}, {"name": "b"}]}),
            &json!({"$setElementOrder/env": [{"name": "c"}, {"name": "b"}, {"name": "a"}],
                "env": [{"name": "c"}]}),
            &json!({"env": [{"name": "c"}, {"name": "b"}, {"name": "a"}]}),
        );
        check(
            json!({"finalizers": ["a", "b"]}),
            &json!({"$deleteFromPrimitiveList/finalizers": ["a"], "finalizers": ["c"]}),
            &json!({"finalizers": ["b", "c"]}),
        );
        check(
            json!({"volume": {"name": "v", "emptyDir": {}}}),
            &json!({"volume": {"$retainKeys": ["name", "hostPath"], "hostPath": {"path": "/"}}}),
            &json!({"volume": {"name": "v", "hostPath": {"path": "/"}}}),
        );
    }

    #[test]
    fn other_lists_are_replaced_and_nulls_delete() {
        check(
            json!({"args": ["a", "b"], "labels": {"x": "1", "y": "2"}}),
            &json!({"args": ["c"], "labels": {"x": null}}),
            &json!({"args": ["c"], "labels": {"y": "2"}}),
        );
    }
}
