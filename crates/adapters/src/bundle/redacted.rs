//! Removes from objects what no diagnosis needs and nobody should hand around.
//!
//! Two Pod templates that differed must still differ afterwards, and two that were equal must stay
//! equal: each removed value leaves a short mark that depends on the value and on a secret of the
//! capture, so that it says nothing else about the value.

use core::fmt::Write as _;

use dogwatch_model::{
    Kind,
    redaction::{REDACTED, redact},
    snapshot::{prune_custom, prune_written},
};
use rustls::crypto::{GetRandomFailed, ring};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// The annotation in which kubectl repeats the whole object.
pub(crate) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// How troubleshoot, and therefore a capture, begins a hidden value.
const HIDDEN: &str = "***HIDDEN";

/// Bytes of the digest that a mark shows.
const MARK_BYTES: usize = 4;

/// Redacts the objects and logs of one capture.
#[derive(Debug, Clone)]
pub(crate) struct Redactor {
    salt: [u8; 16],
}

impl Redactor {
    /// A redactor whose marks can be compared with each other only.
    pub(crate) fn new() -> Result<Self, GetRandomFailed> {
        let mut salt = [0; 16];
        ring::default_provider().secure_random.fill(&mut salt)?;
        Ok(Self { salt })
    }

    /// The object without payloads, credentials and repetitions; `None` if it is no object.
    pub(crate) fn object(&self, json: &[u8], kind: Option<Kind>) -> Option<Vec<u8>> {
        let mut object: Map<String, Value> = serde_json::from_slice(json).ok()?;
        if let Some(custom @ Kind::Custom(_)) = kind {
            prune_custom(custom, &mut object);
        } else if kind == Some(Kind::CustomResourceDefinition) {
            drop_schemas(&mut object);
        } else if kind.is_some_and(|kind| kind.info().metadata_only) {
            object.retain(|key, _| matches!(key.as_str(), "apiVersion" | "kind" | "metadata"));
        }
        if let Some(meta) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            keep_writes(kind, meta);
            if let Some(annotations) = meta.get_mut("annotations").and_then(Value::as_object_mut) {
                annotations.remove(LAST_APPLIED);
            }
        }
        self.visit_map(&mut object);
        serde_json::to_vec(&object).ok()
    }

    fn visit_map(&self, map: &mut Map<String, Value>) {
        for (key, value) in map.iter_mut() {
            match (key.as_str(), value) {
                ("env" | "httpHeaders", Value::Array(list)) => {
                    for entry in list {
                        self.hide_value(entry);
                    }
                }
                ("annotations", Value::Object(annotations)) => {
                    annotations
                        .values_mut()
                        .for_each(|value| self.mark_text(value));
                }
                ("args" | "command", Value::Array(words)) => {
                    for word in words {
                        self.mark_text(word);
                    }
                }
                ("message" | "note", Value::String(text)) => *text = redact(text),
                (_, value) => self.visit(value),
            }
        }
    }

    fn visit(&self, value: &mut Value) {
        match value {
            Value::Object(map) => self.visit_map(map),
            Value::Array(list) => list.iter_mut().for_each(|value| self.visit(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn hide_value(&self, entry: &mut Value) {
        if let Some(Value::String(text)) = entry.get_mut("value")
            && !text.is_empty()
            && !text.starts_with(HIDDEN)
        {
            *text = format!("{HIDDEN}:{}***", self.mark(text));
        }
    }

    /// Redacts a text that is part of a Pod template.
    fn mark_text(&self, value: &mut Value) {
        if let Value::String(text) = value {
            let redacted = redact(text);
            if redacted != *text {
                let marked = format!("{REDACTED}~{}", self.mark(text));
                *text = redacted.replace(REDACTED, &marked);
            }
        }
    }

    fn mark(&self, text: &str) -> String {
        let digest = Sha256::new()
            .chain_update(self.salt)
            .chain_update(text)
            .finalize();
        let mut mark = String::with_capacity(2 * MARK_BYTES);
        for byte in &digest[..MARK_BYTES] {
            // Writing to a String cannot fail.
            write!(mark, "{byte:02x}").expect("infallible");
        }
        mark
    }
}

/// Keeps of `managedFields` who wrote which fields when, for the kinds of which that is read.
fn keep_writes(kind: Option<Kind>, meta: &mut Map<String, Value>) {
    let Some(Value::Array(mut entries)) = meta.remove("managedFields") else {
        return;
    };
    entries.retain_mut(|entry| kind.is_some_and(|kind| prune_written(kind, entry)));
    if !entries.is_empty() {
        meta.insert("managedFields".to_owned(), Value::Array(entries));
    }
}

/// Schemas are the bulk of a definition, and nothing is read off them.
fn drop_schemas(definition: &mut Map<String, Value>) {
    let versions = definition
        .get_mut("spec")
        .and_then(|spec| spec.get_mut("versions"));
    let versions = versions.and_then(Value::as_array_mut).into_iter().flatten();
    for version in versions.filter_map(Value::as_object_mut) {
        version.retain(|key, _| matches!(key.as_str(), "name" | "served" | "storage"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(redactor: &Redactor, json: &str) -> String {
        String::from_utf8(redactor.object(json.as_bytes(), None).unwrap()).unwrap()
    }

    fn template(password: &str, argument: &str) -> String {
        format!(
            r#"{{"spec":{{"containers":[{{"env":[{{"name":"P","value":"{password}"}},
            {{"name":"S","valueFrom":{{"secretKeyRef":{{"key":"k"}}}}}}],
            "args":["--token={argument}","-v"]}}]}}}}"#
        )
    }

    #[test]
    fn nothing_secret_remains_and_equal_templates_stay_equal() {
        let redactor = Redactor { salt: [7; 16] };
        let one = redacted(&redactor, &template("hunter2", "abc"));
        assert!(!one.contains("hunter2") && !one.contains("abc"), "{one}");
        assert!(one.contains("secretKeyRef") && one.contains("-v"));
        assert_eq!(one, redacted(&redactor, &template("hunter2", "abc")));
        assert_ne!(one, redacted(&redactor, &template("hunter3", "abc")));
        assert_ne!(one, redacted(&redactor, &template("hunter2", "abd")));
        assert_eq!(
            one,
            redacted(&redactor, &one),
            "redacting again changes nothing"
        );
        let other = Redactor::new().unwrap();
        assert_ne!(one, redacted(&other, &template("hunter2", "abc")));
    }

    #[test]
    fn repetitions_and_messages_are_cleaned() {
        let redactor = Redactor { salt: [7; 16] };
        let text = redacted(
            &redactor,
            r#"{"metadata":{"name":"a","managedFields":[{}],"annotations":{
            "kubectl.kubernetes.io/last-applied-configuration":"x","note":"password=hunter2"}},
            "status":{"conditions":[{"message":"dial postgres://a:hunter2@db/x failed"}]}}"#,
        );
        assert!(
            !text.contains("hunter2") && !text.contains("managedFields"),
            "{text}"
        );
        assert!(!text.contains("last-applied"));
        let bare = redactor
            .object(br#"{"kind":"Secret","data":{"a":"b"}}"#, Some(Kind::Secret))
            .unwrap();
        assert_eq!(bare, br#"{"kind":"Secret"}"#);
    }
}
