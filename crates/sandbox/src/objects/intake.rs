//! What happens to an object on its way into the sandbox: older shapes become current ones, secret
//! payloads are dropped, missing system fields are filled in.

use jiff::Timestamp;
use serde_json::Value;

use crate::clock::rfc3339;
use crate::fields::{as_object_mut, object_mut, set_meta, text};
use crate::kinds::Kind;

/// A uid that depends on nothing but its input.
pub(crate) fn uid(parts: &[&str]) -> String {
    let half = |seed: u64| {
        parts
            .iter()
            .flat_map(|p| p.bytes().chain([0]))
            .fold(seed, |hash, byte| {
                (hash ^ u64::from(byte))
                    .wrapping_mul(0x0100_0000_01b3)
                    .rotate_left(7)
            })
    };
    let (high, low) = (half(0xcbf2_9ce4_8422_2325), half(0x9e37_79b9_7f4a_7c15));
    let bytes = (u128::from(high) << 64) | u128::from(low);
    uuid::Builder::from_random_bytes(bytes.to_be_bytes())
        .into_uuid()
        .to_string()
}

/// The five letters that `generateName` and ReplicaSets append.
pub(crate) fn suffix(parts: &[&str]) -> String {
    const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let uid = uid(parts);
    let mut number = u64::from_str_radix(&uid.replace('-', "")[..12], 16).unwrap_or(0);
    let letters = (0..5).map(|_| {
        let index = usize::try_from(number % 27).unwrap_or(0);
        number /= 27;
        char::from(ALPHABET[index])
    });
    letters.collect()
}

/// How deep lists may lie in lists.
const LIST_DEPTH: usize = 4;

/// Takes lists apart. Items of a typed list get the type that they do not carry themselves.
pub(crate) fn flatten(mut object: Value, depth: usize, out: &mut Vec<Value>) {
    let kind = text(&object, "/kind").to_owned();
    let Some(item_kind) = kind
        .strip_suffix("List")
        .filter(|_| object.get("items").is_some())
    else {
        out.push(object);
        return;
    };
    let items = object.get_mut("items").map(Value::take).unwrap_or_default();
    let api_version = text(&object, "/apiVersion").to_owned();
    let Value::Array(items) = items else { return };
    for mut item in items {
        if item.is_object() && !item_kind.is_empty() && text(&item, "/kind").is_empty() {
            set(&mut item, "kind", item_kind);
            set(&mut item, "apiVersion", &api_version);
        }
        if depth < LIST_DEPTH {
            flatten(item, depth + 1, out);
        } else {
            out.push(item);
        }
    }
}

fn set(object: &mut Value, key: &str, text: &str) {
    as_object_mut(object).insert(key.to_owned(), Value::String(text.to_owned()));
}

/// Drops what must never be held: the payloads of Secrets, also where `kubectl apply` copies them.
pub(crate) fn drop_secret_payload(kind: &Kind, object: &mut Value) {
    if !kind.is("", "Secret") {
        return;
    }
    let fields = as_object_mut(object);
    fields.remove("data");
    fields.remove("stringData");
    if let Some(annotations) = object.pointer_mut("/metadata/annotations") {
        as_object_mut(annotations).remove("kubectl.kubernetes.io/last-applied-configuration");
    }
}

/// Fills in the system fields that an object of the input lacks.
pub(crate) fn complete(kind: &Kind, object: &mut Value, now: Timestamp) {
    if !kind.namespaced {
        object_mut(object, "metadata").remove("namespace");
    } else if text(object, "/metadata/namespace").is_empty() {
        set_meta(object, "namespace", "default");
    }
    if text(object, "/metadata/uid").is_empty() {
        let namespace = text(object, "/metadata/namespace");
        let uid = uid(&[&kind.shelf, namespace, text(object, "/metadata/name")]);
        set_meta(object, "uid", uid);
    }
    if text(object, "/metadata/creationTimestamp").is_empty() {
        set_meta(object, "creationTimestamp", rfc3339(now));
    }
    if text(object, "/metadata/resourceVersion")
        .parse::<u64>()
        .is_err()
    {
        object_mut(object, "metadata").remove("resourceVersion");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kinds;
    use serde_json::json;

    #[test]
    fn uids_are_stable_and_differ() {
        assert_eq!(uid(&["a", "b"]), uid(&["a", "b"]));
        assert_ne!(uid(&["a", "b"]), uid(&["ab", ""]));
        assert_eq!(suffix(&["x"]).len(), 5);
    }

    #[test]
    fn lists_are_taken_apart() {
        let list = json!({"kind": "List", "items": [
            {"kind": "PodList", "apiVersion": "v1", "items": [{"metadata": {"name": "a"}}]},
            {"kind": "EventList", "apiVersion": "v1", "items": null},
            {"kind": "Node", "apiVersion": "v1"}]});
        let mut objects = Vec::new();
        flatten(list, 0, &mut objects);
        let kinds: Vec<&str> = objects.iter().map(|o| text(o, "/kind")).collect();
        assert_eq!(kinds, ["Pod", "Node"]);
        assert_eq!(objects[0]["apiVersion"], "v1");
    }

    #[test]
    fn secret_payloads_are_dropped() {
        let kind = Kinds::builtin().resource("", "secrets").unwrap();
        let mut secret = json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
            "data": {"key": "value"}, "stringData": {"key": "value"},
            "metadata": {"name": "a", "annotations":
                {"kubectl.kubernetes.io/last-applied-configuration": "{\"data\":1}"}}});
        drop_secret_payload(&kind, &mut secret);
        let text = secret.to_string();
        assert!(
            !text.contains("value") && !text.contains("data\\"),
            "payload left in {text}"
        );
    }
}
