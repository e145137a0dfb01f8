//! From a frozen step and the object as it is now to the request that carries it out.

use dogwatch_model::{
    canonical::NotCanonical,
    plan::{Act, PatchFormat, Step, Target},
    ports::{Write, WriteBody},
};
use serde_json::{Value, json};

use super::fields::{PLAN_MARK, hash, job_to_create, without_template_hash};

/// Why no request can be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsendable {
    /// What the step copies is not what was approved.
    #[error("{what} is not the one that was approved")]
    OtherContent {
        /// What.
        what: String,
    },
    /// The step is for a provider and not for the cluster.
    #[error("the step is for a provider")]
    ForProvider,
    /// A number that cannot be written exactly.
    #[error("the object cannot be compared")]
    NotCanonical(#[from] NotCanonical),
}

/// What else a step needs to be written down: the object that it copies from.
pub(crate) fn source(step: &Step) -> Option<&Target> {
    match &step.act {
        Act::CopyTemplate { from, .. } => Some(from),
        Act::RerunJob { .. } => Some(&step.target),
        Act::Patch { .. } | Act::Delete { .. } | Act::Evict | Act::Provider { .. } => None,
    }
}

/// Pins what a step copies, by its content.
pub(crate) fn pin(step: &mut Step, source: &Value) -> Result<(), NotCanonical> {
    match &mut step.act {
        Act::CopyTemplate { sha256, .. } => {
            *sha256 = hash(&without_template_hash(&source["spec"]["template"]))?;
        }
        Act::RerunJob { sha256, name } => {
            *sha256 = hash(&job_to_create(source, name)["spec"])?;
        }
        Act::Patch { .. } | Act::Delete { .. } | Act::Evict | Act::Provider { .. } => {}
    }
    Ok(())
}

/// The request for a step: `object` is the target as it was read a moment ago, `source` what is
/// copied. UID and resourceVersion of the object are its preconditions.
pub(crate) fn write(
    step: &Step,
    object: &Value,
    source: &Value,
    plan_id: &str,
) -> Result<Write, Unsendable> {
    let uid = text(object, "/metadata/uid");
    let version = text(object, "/metadata/resourceVersion");
    let body = match &step.act {
        Act::Patch {
            format,
            subresource,
            patch,
        } => {
            let mut patch = patch.clone();
            patch["metadata"]["uid"] = json!(uid);
            patch["metadata"]["resourceVersion"] = json!(version);
            if subresource.is_none() {
                patch["metadata"]["annotations"][PLAN_MARK] = json!(plan_id);
            }
            match format {
                PatchFormat::Strategic => WriteBody::StrategicPatch(patch),
                PatchFormat::Merge => WriteBody::MergePatch(patch),
            }
        }
        Act::CopyTemplate { sha256, .. } => {
            let template = without_template_hash(&source["spec"]["template"]);
            if hash(&template)? != *sha256 {
                return Err(other("the template of the earlier revision"));
            }
            WriteBody::JsonPatch(copy(object, (uid, version), &template, plan_id))
        }
        Act::RerunJob { name, sha256 } => {
            let job = job_to_create(source, name);
            if hash(&job["spec"])? != *sha256 {
                return Err(other("the Job"));
            }
            WriteBody::Create(job)
        }
        Act::Delete { grace_seconds } => WriteBody::Delete {
            uid: uid.to_owned(),
            resource_version: version.to_owned(),
            grace_seconds: *grace_seconds,
        },
        Act::Evict => WriteBody::Evict {
            uid: uid.to_owned(),
        },
        Act::Provider { .. } => return Err(Unsendable::ForProvider),
    };
    Ok(Write {
        target: step.target.clone(),
        subresource: step.act.subresource().map(str::to_owned),
        body,
        plan_id: plan_id.to_owned(),
    })
}

fn other(what: &str) -> Unsendable {
    Unsendable::OtherContent {
        what: what.to_owned(),
    }
}

fn copy(object: &Value, (uid, version): (&str, &str), template: &Value, plan_id: &str) -> Value {
    let mut operations = vec![
        json!({"op": "test", "path": "/metadata/uid", "value": uid}),
        json!({"op": "test", "path": "/metadata/resourceVersion", "value": version}),
        json!({"op": "replace", "path": "/spec/template", "value": template}),
    ];
    if object.pointer("/metadata/annotations").is_none() {
        operations.push(json!({"op": "add", "path": "/metadata/annotations", "value": {}}));
    }
    operations.push(json!({
        "op": "add",
        "path": "/metadata/annotations/dogwatch.io~1plan-id",
        "value": plan_id,
    }));
    Value::Array(operations)
}

fn text<'v>(object: &'v Value, field: &str) -> &'v str {
    object
        .pointer(field)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
