//! The four patch formats.

pub(crate) mod apply;
mod lists;
mod ownership;
mod strategic;

use serde_json::Value;

use crate::core::Core;
use crate::errors::ApiError;
use crate::fields::text;
use crate::kinds::Kind;
use crate::request::{Call, Target};

/// How a patch body is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Merge,
    Strategic,
    Apply,
}

impl Format {
    /// The format of a content type; 415 when the kind does not support it.
    pub(crate) fn of(content_type: &str, kind: &Kind) -> Result<Self, ApiError> {
        match content_type.split(';').next().unwrap_or_default().trim() {
            "application/json-patch+json" => Ok(Self::Json),
            "application/merge-patch+json" => Ok(Self::Merge),
            "application/strategic-merge-patch+json" if !kind.custom => Ok(Self::Strategic),
            "application/apply-patch+yaml" | "application/apply-patch+json" => Ok(Self::Apply),
            other => Err(ApiError::unsupported_media(other)),
        }
    }
}

/// The object after the patch in the body of the request.
pub(crate) fn patched(
    core: &Core,
    target: &Target,
    call: &Call,
    current: &Value,
) -> Result<Value, ApiError> {
    let mut object = current.clone();
    let rejected = |error: &dyn std::fmt::Display| {
        let name = text(current, "/metadata/name");
        ApiError::invalid(
            &target.kind,
            name,
            &format!("patch: Invalid value: {error}"),
        )
    };
    let unreadable =
        |error: serde_json::Error| ApiError::bad_request(format!("error decoding patch: {error}"));
    match Format::of(&call.content_type, &target.kind)? {
        Format::Json => {
            let patch: json_patch::Patch =
                serde_json::from_slice(&call.body).map_err(unreadable)?;
            json_patch::patch(&mut object, &patch).map_err(|error| rejected(&error))?;
        }
        Format::Merge => {
            let patch: Value = serde_json::from_slice(&call.body).map_err(unreadable)?;
            json_patch::merge(&mut object, &patch);
        }
        Format::Strategic => {
            let patch: Value = serde_json::from_slice(&call.body).map_err(unreadable)?;
            strategic::merge(&target.kind, &mut object, &patch);
        }
        Format::Apply => object = apply::next(core, target, call, current)?,
    }
    if !object.is_object() {
        return Err(rejected(&"the result is not an object"));
    }
    Ok(object)
}
