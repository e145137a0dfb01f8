//! The rules by which a new state replaces an old one.

use std::sync::Arc;

use serde_json::{Value, json};

use super::defaults;
use crate::errors::ApiError;
use crate::fields::{count, list, object_mut, put, text};
use crate::kinds::Kind;
use crate::objects::{Store, Stored, intake};

/// Which part of an object a request may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Everything but the status.
    Main,
    /// The status alone.
    Status,
}

/// One replacing write.
#[derive(Debug)]
pub(crate) struct Write<'a> {
    pub(crate) kind: &'a Arc<Kind>,
    pub(crate) part: Part,
    pub(crate) dry_run: bool,
}

/// Metadata that only the server sets.
const FIXED: [&str; 5] = [
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
];

impl Write<'_> {
    /// Checks preconditions and stores `new` over `old`. A write that changes nothing keeps the
    /// revision.
    pub(crate) fn commit(
        &self,
        store: &mut Store,
        old: &Arc<Stored>,
        mut new: Value,
    ) -> Result<Arc<Stored>, ApiError> {
        self.check(old, &new)?;
        let before = old.value();
        self.keep_fixed(&before, &mut new);
        intake::drop_secret_payload(self.kind, &mut new);
        if self.part == Part::Main {
            defaults::fill(self.kind, &mut new);
            self.check_immutable(&before, &new)?;
            Self::bump_generation(&before, &mut new);
        }
        let stored = Stored::new(new.clone());
        if stored.body == old.body {
            return Ok(Arc::clone(old));
        }
        if self.dry_run {
            return Ok(Arc::new(stored));
        }
        let leaving = !text(&before, "/metadata/deletionTimestamp").is_empty();
        if leaving && list(&new, "/metadata/finalizers").is_empty() {
            let removed = store.remove(self.kind, &old.namespace, &old.name);
            return Ok(removed.unwrap_or_else(|| Arc::clone(old)));
        }
        Ok(store.put(self.kind, new))
    }

    fn check(&self, old: &Stored, new: &Value) -> Result<(), ApiError> {
        let revision = text(new, "/metadata/resourceVersion");
        if !revision.is_empty() && revision != old.revision.to_string() {
            return Err(ApiError::stale(self.kind, &old.name));
        }
        let uid = text(new, "/metadata/uid");
        if !uid.is_empty() && uid != old.uid {
            let cause = format!(
                "Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
                old.uid
            );
            return Err(ApiError::conflict(self.kind, &old.name, &cause));
        }
        let (name, namespace) = (
            text(new, "/metadata/name"),
            text(new, "/metadata/namespace"),
        );
        if !name.is_empty() && name != old.name {
            return Err(ApiError::bad_request(format!(
                "the name of the object ({name}) does not match the name on the URL ({})",
                old.name
            )));
        }
        if !namespace.is_empty() && namespace != old.namespace {
            return Err(ApiError::bad_request(
                "the namespace of the provided object does not match the namespace sent on the \
                 request",
            ));
        }
        Ok(())
    }

    /// Restores what this write may not touch.
    fn keep_fixed(&self, before: &Value, new: &mut Value) {
        if self.part == Part::Status {
            let status = new.get("status").cloned();
            let managed = new.pointer("/metadata/managedFields").cloned();
            *new = before.clone();
            set_or_remove(object_mut_root(new), "status", status);
            if let Some(managed) = managed {
                put(new, &["metadata", "managedFields"], managed);
            }
            return;
        }
        if self.kind.subresources.iter().any(|sub| sub == "status") {
            set_or_remove(
                object_mut_root(new),
                "status",
                before.get("status").cloned(),
            );
        }
        for field in FIXED
            .into_iter()
            .chain(["name", "namespace", "resourceVersion"])
        {
            let value = before["metadata"].get(field).cloned();
            set_or_remove(object_mut(new, "metadata"), field, value);
        }
        if new.pointer("/metadata/managedFields").is_none() {
            let value = before["metadata"].get("managedFields").cloned();
            set_or_remove(object_mut(new, "metadata"), "managedFields", value);
        }
        let fields = object_mut_root(new);
        fields.remove("apiVersion");
        fields.remove("kind");
    }

    fn check_immutable(&self, before: &Value, new: &Value) -> Result<(), ApiError> {
        let pointers: &[&str] = match (self.kind.group.as_str(), self.kind.kind.as_str()) {
            ("apps", "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet") => {
                &["/spec/selector"]
            }
            ("batch", "Job") => &["/spec/selector", "/spec/template"],
            ("", "Pod") => &["/spec/nodeName"],
            _ => &[],
        };
        for pointer in pointers {
            let old = before.pointer(pointer).filter(|value| !value.is_null());
            if old.is_some() && old != new.pointer(pointer) {
                let field = pointer.trim_start_matches('/').replace('/', ".");
                let found = new.pointer(pointer).unwrap_or(&Value::Null);
                let cause = format!("{field}: Invalid value: {found}: field is immutable");
                return Err(ApiError::invalid(
                    self.kind,
                    text(before, "/metadata/name"),
                    &cause,
                ));
            }
        }
        Ok(())
    }

    fn bump_generation(before: &Value, new: &mut Value) {
        let generation = count(before, "/metadata/generation");
        if generation > 0 && before.get("spec") != new.get("spec") {
            put(
                new,
                &["metadata", "generation"],
                json!(generation.saturating_add(1)),
            );
        }
    }
}

fn object_mut_root(value: &mut Value) -> &mut serde_json::Map<String, Value> {
    crate::fields::as_object_mut(value)
}

fn set_or_remove(map: &mut serde_json::Map<String, Value>, key: &str, value: Option<Value>) {
    match value {
        Some(value) => map.insert(key.to_owned(), value),
        None => map.remove(key),
    };
}
