//! Server-side apply: who applied which field, conflicts, and removal of what is no longer applied.

use serde_json::Value;

use super::ownership::{Owners, Paths};
use super::strategic;
use crate::clock::rfc3339;
use crate::core::Core;
use crate::errors::ApiError;
use crate::fields::{object_mut, text};
use crate::request::{Call, Target};
use crate::writing::{check_type, parse_object};

/// The applied configuration of the request, checked.
fn configuration(target: &Target, call: &Call) -> Result<(Value, String), ApiError> {
    let manager = call.option("fieldManager");
    if manager.is_empty() {
        return Err(ApiError::bad_request(
            "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: \
            Required value: is required for apply patch",
        ));
    }
    let configuration = parse_object(&call.body)?;
    for field in ["apiVersion", "kind"] {
        if text(&configuration, &format!("/{field}")).is_empty() {
            return Err(ApiError::bad_request(format!(
                "{field} must be set in an apply patch"
            )));
        }
    }
    check_type(target, &configuration)?;
    if configuration
        .pointer("/metadata/managedFields")
        .is_some_and(|m| !m.is_null())
    {
        return Err(ApiError::bad_request("metadata.managedFields must be nil"));
    }
    Ok((configuration, manager.to_owned()))
}

/// The object that a first apply creates.
pub(crate) fn first(core: &Core, target: &Target, call: &Call) -> Result<Value, ApiError> {
    let (configuration, manager) = configuration(target, call)?;
    let mut object = configuration.clone();
    object_mut(&mut object, "metadata")
        .insert("name".to_owned(), Value::String(target.object().to_owned()));
    let mut owners = Owners::default();
    owners.set(&manager, Paths::of(&target.kind, &configuration));
    owners.write(
        &mut object,
        &target.kind.api_version(&target.version),
        &rfc3339(core.now()),
    );
    Ok(object)
}

/// The object after an apply on the current one.
pub(super) fn next(
    core: &Core,
    target: &Target,
    call: &Call,
    current: &Value,
) -> Result<Value, ApiError> {
    let (configuration, manager) = configuration(target, call)?;
    let mut owners = Owners::read(current);
    let applied = Paths::of(&target.kind, &configuration);
    let conflicts = owners.conflicts(&manager, &applied, current, &configuration);
    if !conflicts.is_empty() {
        if !call.flag("force") {
            return Err(ApiError::apply_conflict(&conflicts));
        }
        owners.take_away(&manager, &conflicts);
    }
    let mut object = current.clone();
    for path in owners.abandoned(&manager, &applied) {
        path.remove_from(&mut object);
    }
    strategic::merge(&target.kind, &mut object, &configuration);
    let before = owners.clone();
    owners.set(&manager, applied);
    if object != *current || owners != before {
        owners.write(
            &mut object,
            &target.kind.api_version(&target.version),
            &rfc3339(core.now()),
        );
    }
    Ok(object)
}
