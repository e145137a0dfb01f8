//! `scale` of workloads and of custom resources with `spec.replicas`.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::core::Core;
use crate::errors::ApiError;
use crate::fields::{count, int, put, set_meta, text};
use crate::objects::Stored;
use crate::patch;
use crate::reading::find;
use crate::request::{Call, Target};
use crate::selectors::LabelSelector;
use crate::writing::commit::Part;
use crate::writing::{Replacement, body_object, replace};

/// Answers `get`, `update` and `patch` of the scale.
pub(super) fn answer(core: &Core, target: &Target, call: &Call) -> Result<Answer, ApiError> {
    let scale = core.with_store(|store| {
        let old = find(store, target)?;
        let new = match call.method.as_str() {
            "GET" => return Ok(scale(&old)),
            "PUT" => body_object(call)?,
            "PATCH" => patch::patched(core, target, call, &scale(&old))?,
            _ => return Err(ApiError::method_not_allowed()),
        };
        let replicas = int(&new, "/spec/replicas").unwrap_or(0);
        if !(0..=i64::from(i32::MAX)).contains(&replicas) {
            let cause = format!(
                "spec.replicas: Invalid value: {replicas}: must be greater than or equal to 0"
            );
            return Err(ApiError::invalid(&target.kind, &old.name, &cause));
        }
        let mut object = old.typed_value(&target.kind, &target.version);
        let revision = text(&new, "/metadata/resourceVersion");
        if !revision.is_empty() {
            set_meta(&mut object, "resourceVersion", revision);
        }
        put(&mut object, &["spec", "replicas"], json!(replicas));
        let replacement = Replacement {
            old,
            new: object,
            call,
            part: Part::Main,
        };
        replace(store, target, replacement).map(|stored| scale(&stored))
    })?;
    Ok(Answer::json(200, &scale))
}

fn scale(object: &Stored) -> Value {
    let value = object.value();
    let spec = value.pointer("/spec/selector").cloned().unwrap_or_default();
    // ReplicationControllers have a plain map of labels.
    let typed = spec.get("matchLabels").is_some() || spec.get("matchExpressions").is_some();
    let spec = if typed {
        spec
    } else {
        json!({"matchLabels": spec})
    };
    json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {
            "name": object.name, "namespace": object.namespace, "uid": object.uid,
            "resourceVersion": object.revision.to_string(),
            "creationTimestamp": text(&value, "/metadata/creationTimestamp"),
        },
        "spec": {"replicas": int(&value, "/spec/replicas").unwrap_or(1)},
        "status": {
            "replicas": count(&value, "/status/replicas"),
            "selector": LabelSelector::from_spec(&spec).to_string(),
        },
    })
}
