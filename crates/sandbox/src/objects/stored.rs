//! One object as it lies in the store: its JSON bytes and the few fields that are asked for often.

use std::collections::BTreeMap;

use axum::body::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::fields::{as_object_mut, map, set_meta, text};
use crate::kinds::Kind;

/// An object without `apiVersion` and `kind`, which the request adds.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) revision: u64,
    pub(crate) labels: BTreeMap<String, String>,
    /// The JSON text, ready to be put into a list.
    pub(crate) body: Bytes,
}

#[derive(Deserialize)]
struct OnlyMetadata<'a> {
    #[serde(borrow)]
    metadata: &'a RawValue,
}

impl Stored {
    /// Freezes an object. The type fields are dropped.
    pub(crate) fn new(mut object: Value) -> Self {
        let fields = as_object_mut(&mut object);
        fields.remove("apiVersion");
        fields.remove("kind");
        fields.entry("metadata").or_insert_with(|| json!({}));
        let labels = map(&object, "/metadata/labels").into_iter().flatten();
        Self {
            namespace: text(&object, "/metadata/namespace").to_owned(),
            name: text(&object, "/metadata/name").to_owned(),
            uid: text(&object, "/metadata/uid").to_owned(),
            revision: text(&object, "/metadata/resourceVersion")
                .parse()
                .unwrap_or(0),
            labels: labels
                .map(|(k, v)| (k.clone(), v.as_str().unwrap_or_default().to_owned()))
                .collect(),
            body: Bytes::from(object.to_string()),
        }
    }

    pub(crate) fn place(&self) -> (String, String) {
        (self.namespace.clone(), self.name.clone())
    }

    /// The object as a tree, without type fields.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body was written by serde_json")
    }

    /// The object as a tree with type fields.
    pub(crate) fn typed_value(&self, kind: &Kind, version: &str) -> Value {
        let mut value = self.value();
        value["apiVersion"] = json!(kind.api_version(version));
        value["kind"] = json!(kind.kind);
        value
    }

    /// Appends the JSON text with type fields.
    pub(crate) fn write_typed(&self, kind: &Kind, version: &str, out: &mut Vec<u8>) {
        let head = json!({"kind": kind.kind, "apiVersion": kind.api_version(version)}).to_string();
        out.extend_from_slice(&head.as_bytes()[..head.len() - 1]);
        out.push(b',');
        out.extend_from_slice(&self.body[1..]);
    }

    /// The text of `metadata`.
    pub(crate) fn metadata(&self) -> &str {
        let parsed: OnlyMetadata<'_> =
            serde_json::from_slice(&self.body).expect("the body has metadata by construction");
        parsed.metadata.get()
    }

    /// The same object with another revision.
    pub(crate) fn at_revision(&self, revision: u64) -> Self {
        let mut value = self.value();
        set_meta(&mut value, "resourceVersion", revision.to_string());
        Self::new(value)
    }

    /// Whether the text occurs anywhere in the object: a cheap first filter.
    pub(crate) fn mentions(&self, text: &str) -> bool {
        std::str::from_utf8(&self.body).is_ok_and(|body| body.contains(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kinds;

    #[test]
    fn type_fields_are_added_per_request() {
        let kind = Kinds::builtin().resource("apps", "deployments").unwrap();
        let stored = Stored::new(
            json!({"apiVersion": "extensions/v1beta1", "kind": "Deployment",
            "metadata": {"name": "a", "labels": {"app": "x"}}}),
        );
        let mut out = Vec::new();
        stored.write_typed(&kind, "v1", &mut out);
        let value: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(value, stored.typed_value(&kind, "v1"));
        assert_eq!(value["apiVersion"], "apps/v1");
        assert_eq!(stored.labels["app"], "x");
    }
}
