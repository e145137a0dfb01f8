//! `status`, `scale`, `eviction`, `binding` and `log`.

mod eviction;
mod log;
mod scale;

use serde_json::json;

use crate::answer::Answer;
use crate::core::Core;
use crate::errors::ApiError;
use crate::fields::{put, text};
use crate::reading::find;
use crate::request::{Call, Target};
use crate::writing::commit::Part;
use crate::writing::{Replacement, body_object, check_type, patch_part, replace, show};

/// Answers a request for a subresource.
pub(crate) fn answer(core: &Core, target: &Target, call: &Call) -> Result<Answer, ApiError> {
    let sub = target.subresource.as_deref().unwrap_or_default();
    match (sub, call.method.as_str()) {
        ("log", "GET") => log::read(core, target, call),
        ("scale", _) => scale::answer(core, target, call),
        ("eviction", "POST") => eviction::evict(core, target, call),
        ("binding", "POST") => bind(core, target, call),
        ("status", _) => part(core, target, call, Part::Status),
        ("ephemeralcontainers" | "resize" | "finalize", _) => part(core, target, call, Part::Main),
        _ => Err(ApiError::method_not_allowed()),
    }
}

fn part(core: &Core, target: &Target, call: &Call, part: Part) -> Result<Answer, ApiError> {
    let stored = core.with_store(|store| match call.method.as_str() {
        "GET" => find(store, target),
        "PUT" => {
            let new = body_object(call)?;
            check_type(target, &new)?;
            let old = find(store, target)?;
            replace(
                store,
                target,
                Replacement {
                    old,
                    new,
                    call,
                    part,
                },
            )
        }
        "PATCH" => patch_part(core, store, target, call, part),
        _ => Err(ApiError::method_not_allowed()),
    })?;
    Ok(show(core, target, call, &stored))
}

/// Binds a pod to a node, as the scheduler does.
fn bind(core: &Core, target: &Target, call: &Call) -> Result<Answer, ApiError> {
    let binding = body_object(call)?;
    let node = text(&binding, "/target/name").to_owned();
    core.with_store(|store| {
        let old = find(store, target)?;
        let mut pod = old.value();
        let bound = text(&pod, "/spec/nodeName");
        if !bound.is_empty() {
            let cause = format!("pod {} is already assigned to node \"{bound}\"", old.name);
            return Err(ApiError::conflict(&target.kind, &old.name, &cause));
        }
        put(&mut pod, &["spec", "nodeName"], json!(node));
        if !call.dry_run() {
            store.put(&target.kind, pod);
        }
        Ok(())
    })?;
    let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"});
    Ok(Answer::json(201, &status))
}
