//! What has to be sent so that an object says what the wanted manifest says: what only the manifest
//! before said goes away, and what neither of them names stays.
//!
//! Lists of built-in kinds that Kubernetes merges by a key are merged so here too; the server does the
//! merging with what is there.

use serde_json::{Map, Value, json};

/// A list that cannot be merged. One sentence.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unmergeable(String);

/// The strategic merge patch that leads from one manifest to another.
pub(crate) fn patch(before: &Value, wanted: &Value) -> Result<Value, Unmergeable> {
    if before.pointer("/metadata/finalizers") != wanted.pointer("/metadata/finalizers") {
        return Err(Unmergeable(
            "the manifests differ in finalizers, which are never written".to_owned(),
        ));
    }
    let kind = wanted["kind"].as_str().unwrap_or_default();
    let mut patch = map(kind, "", before, wanted)?;
    if let Some(fields) = patch.as_object_mut() {
        fields.remove("status");
    }
    Ok(patch)
}

/// All that is wanted, and `null` for what is not any more.
fn map(kind: &str, place: &str, before: &Value, wanted: &Value) -> Result<Value, Unmergeable> {
    let empty = Map::new();
    let (old, new) = (
        before.as_object().unwrap_or(&empty),
        wanted.as_object().unwrap_or(&empty),
    );
    let mut patch = Map::new();
    for (key, value) in new {
        let place = format!("{place}/{key}");
        let was = old.get(key).unwrap_or(&Value::Null);
        match value {
            Value::Object(_) => {
                patch.insert(key.clone(), map(kind, &place, was, value)?);
            }
            Value::Array(items) => list(kind, (&place, key), (was, items), &mut patch)?,
            scalar => {
                patch.insert(key.clone(), scalar.clone());
            }
        }
    }
    for key in old.keys().filter(|key| !new.contains_key(*key)) {
        patch.insert(key.clone(), Value::Null);
    }
    // Of these only one of several keys may be set: others that the server filled in have to go.
    if kind == "Deployment" && place == "/spec/strategy" {
        patch.insert("$retainKeys".to_owned(), keys(new));
    }
    Ok(Value::Object(patch))
}

fn keys(of: &Map<String, Value>) -> Value {
    of.keys().map(|key| json!(key)).collect()
}

fn list(
    kind: &str,
    (place, field): (&str, &str),
    (before, wanted): (&Value, &[Value]),
    patch: &mut Map<String, Value>,
) -> Result<(), Unmergeable> {
    let Some(key) = merge_key(kind, place, field) else {
        patch.insert(field.to_owned(), Value::Array(wanted.to_vec()));
        return Ok(());
    };
    let none = Vec::new();
    let old = before.as_array().unwrap_or(&none);
    for items in [old, wanted] {
        check_keys(place, key, items)?;
    }
    let same = |one: &Value, other: &Value| one[key] == other[key];
    let mut items = Vec::new();
    for item in wanted {
        let was = old.iter().find(|was| same(was, item));
        let mut item = map(kind, place, was.unwrap_or(&Value::Null), item)?;
        if field == "volumes" {
            let kept = wanted_keys(&item);
            item["$retainKeys"] = kept;
        }
        items.push(item);
    }
    let gone = old
        .iter()
        .filter(|was| !wanted.iter().any(|item| same(was, item)));
    items.extend(gone.map(|was| json!({"$patch": "delete", key: was[key]})));
    let order: Value = wanted.iter().map(|item| json!({key: item[key]})).collect();
    patch.insert(format!("$setElementOrder/{field}"), order);
    patch.insert(field.to_owned(), Value::Array(items));
    Ok(())
}

/// The keys that an item keeps: not those that the patch takes away.
fn wanted_keys(item: &Value) -> Value {
    let fields = item.as_object().into_iter().flatten();
    let kept = fields.filter(|(_, value)| !value.is_null());
    kept.map(|(key, _)| json!(key)).collect()
}

/// Two items with one key, or one without, cannot be told apart by the server either.
fn check_keys(place: &str, key: &str, items: &[Value]) -> Result<(), Unmergeable> {
    let is_sound = items.iter().enumerate().all(|(at, item)| {
        !item[key].is_null() && items[..at].iter().all(|other| other[key] != item[key])
    });
    if is_sound {
        return Ok(());
    }
    Err(Unmergeable(format!(
        "items of {place} cannot be told apart by their {key}"
    )))
}

/// The key by which Kubernetes merges a list; `None` for lists that are replaced.
fn merge_key(kind: &str, place: &str, field: &str) -> Option<&'static str> {
    let is_in_pods = place.contains("/template/spec/");
    Some(match field {
        "containers" | "initContainers" | "volumes" | "imagePullSecrets" | "env"
        | "resourceClaims"
            if is_in_pods =>
        {
            "name"
        }
        "imagePullSecrets" | "secrets" if kind == "ServiceAccount" => "name",
        "volumeMounts" if is_in_pods => "mountPath",
        "volumeDevices" if is_in_pods => "devicePath",
        "hostAliases" if is_in_pods => "ip",
        "topologySpreadConstraints" if is_in_pods => "topologyKey",
        "ports" if is_in_pods => "containerPort",
        "ports" if kind == "Service" => "port",
        "ownerReferences" => "uid",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployment(pod: &Value) -> Value {
        json!({"kind": "Deployment", "metadata": {"name": "a"},
            "spec": {"template": {"spec": pod}}})
    }

    #[test]
    fn what_is_gone_is_taken_away_and_what_others_set_is_not_named() {
        let before = json!({"kind": "ConfigMap", "metadata": {"name": "a", "labels": {"x": "1"}},
            "data": {"one": "1", "two": "2"}});
        let wanted = json!({"kind": "ConfigMap", "metadata": {"name": "a"},
            "data": {"two": "3"}, "status": {}});
        assert_eq!(
            patch(&before, &wanted).unwrap(),
            json!({"kind": "ConfigMap", "metadata": {"name": "a", "labels": null},
                "data": {"one": null, "two": "3"}})
        );
    }

    #[test]
    fn lists_with_a_key_lose_their_own_items_only() {
        let before = deployment(&json!({"containers": [
            {"name": "app", "image": "a:2", "env": [{"name": "A", "value": "1"}], "tty": true},
            {"name": "aside", "image": "b"}]}));
        let wanted = deployment(&json!({"containers": [{"name": "app", "image": "a:1"}]}));
        let found = patch(&before, &wanted).unwrap();
        assert_eq!(
            found["spec"]["template"]["spec"],
            json!({
                "$setElementOrder/containers": [{"name": "app"}],
                "containers": [
                    {"name": "app", "image": "a:1", "env": null, "tty": null},
                    {"$patch": "delete", "name": "aside"}],
            })
        );
    }

    #[test]
    fn another_source_of_a_volume_replaces_the_former() {
        let before = deployment(&json!({"volumes": [{"name": "v", "emptyDir": {}}]}));
        let wanted = deployment(&json!({"volumes": [{"name": "v", "configMap": {"name": "c"}}]}));
        let found = patch(&before, &wanted).unwrap();
        assert_eq!(
            found["spec"]["template"]["spec"]["volumes"][0],
            json!({"name": "v", "configMap": {"name": "c"}, "emptyDir": null,
                "$retainKeys": ["configMap", "name"]})
        );
    }

    #[test]
    fn lists_without_a_key_are_replaced() {
        let before = deployment(&json!({"tolerations": [{"key": "a"}]}));
        let wanted = deployment(&json!({"tolerations": [{"key": "b"}]}));
        let found = patch(&before, &wanted).unwrap();
        assert_eq!(
            found["spec"]["template"]["spec"],
            json!({"tolerations": [{"key": "b"}]})
        );
    }

    #[test]
    fn items_that_are_alike_and_finalizers_are_refused() {
        let twice = json!({"kind": "Service", "metadata": {"name": "dns"},
            "spec": {"ports": [{"port": 53, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}]}});
        let error = patch(&Value::Null, &twice).unwrap_err().to_string();
        assert!(error.contains("/spec/ports"), "{error}");
        let held = json!({"kind": "ConfigMap", "metadata": {"name": "a", "finalizers": ["x"]}});
        let free = json!({"kind": "ConfigMap", "metadata": {"name": "a"}});
        assert!(patch(&held, &free).is_err());
        assert!(patch(&free, &held).is_err());
        assert!(patch(&held, &held).is_ok());
    }
}
