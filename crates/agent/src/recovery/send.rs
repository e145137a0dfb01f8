//! From a frozen step and the object as it is now to the request that carries it out.

use dogwatch_model::{
    canonical::NotCanonical,
    plan::{Act, PatchFormat, Step, Target},
    ports::{SealedRelease, Write, WriteBody},
};
use serde_json::{Value, json};

use super::{
    fields::{PLAN_MARK, hash, job_to_create, without_template_hash},
    release::{Pair, hash_of, merge, owned, payload},
};

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
    /// Two manifests that cannot be merged.
    #[error("{0}")]
    NotMerged(#[from] merge::Unmergeable),
    /// A number that cannot be written exactly.
    #[error("the object cannot be compared")]
    NotCanonical(#[from] NotCanonical),
}

/// What a step copies. It may hold what must not be printed.
pub(crate) enum Source {
    /// Nothing.
    Nothing,
    /// Another object.
    Object(Value),
    /// What two manifests say of the object.
    Documents {
        /// SHA-256 of both.
        sha256: String,
        /// The manifest that was applied last; `Null` when it does not name the object.
        before: Value,
        /// The wanted one.
        wanted: Value,
    },
    /// The payload of a revision as it is to be stored, and labels that go on.
    Payload(SealedRelease, std::collections::BTreeMap<String, String>),
}

impl Source {
    /// What both manifests say of one object.
    pub(crate) fn documents(pair: &Pair<'_>) -> Self {
        Self::Documents {
            sha256: hash_of(pair),
            before: pair.before.cloned().unwrap_or_default(),
            wanted: pair.wanted.cloned().unwrap_or_default(),
        }
    }

    /// The other object; `Null` for every other source.
    fn object(&self) -> &Value {
        match self {
            Self::Object(object) => object,
            Self::Nothing | Self::Documents { .. } | Self::Payload(..) => &Value::Null,
        }
    }
}

/// The object that a step copies from.
pub(crate) fn source(step: &Step) -> Option<&Target> {
    match &step.act {
        Act::CopyTemplate { from, .. } => Some(from),
        Act::RerunJob { .. } => Some(&step.target),
        Act::Patch { .. }
        | Act::Create { .. }
        | Act::ApplyManifest { .. }
        | Act::StoreRevision { .. }
        | Act::Delete { .. }
        | Act::Evict
        | Act::Provider { .. } => None,
    }
}

/// True for a step whose own object must not be there yet.
pub(crate) fn makes_its_object(act: &Act) -> bool {
    match act {
        Act::Create { .. } => true,
        Act::ApplyManifest { creates, .. } => *creates,
        Act::StoreRevision { copy_of, .. } => copy_of.is_some(),
        Act::Patch { .. }
        | Act::CopyTemplate { .. }
        | Act::RerunJob { .. }
        | Act::Delete { .. }
        | Act::Evict
        | Act::Provider { .. } => false,
    }
}

/// Pins what a step copies, by its content.
pub(crate) fn pin(step: &mut Step, source: &Source) -> Result<(), NotCanonical> {
    match (&mut step.act, source) {
        (Act::CopyTemplate { sha256, .. }, Source::Object(source)) => {
            *sha256 = hash(&without_template_hash(&source["spec"]["template"]))?;
        }
        (Act::RerunJob { sha256, name }, Source::Object(source)) => {
            *sha256 = hash(&job_to_create(source, name)["spec"])?;
        }
        (Act::StoreRevision { sha256, bytes, .. }, Source::Payload(sealed, _)) => {
            (*sha256, *bytes) = payload::content(sealed);
        }
        // What manifests say was pinned when they were compared.
        (_, _) => {}
    }
    Ok(())
}

/// The request for a step: `object` is the target as it was read a moment ago, `source` what is
/// copied. UID and resourceVersion of the object are its preconditions.
pub(crate) fn write(
    step: &Step,
    object: &Value,
    source: &Source,
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
            let with_mark = || with_mark(patch, (uid, version), subresource.is_none(), plan_id);
            match format {
                PatchFormat::Strategic => WriteBody::StrategicPatch(with_mark()),
                PatchFormat::Merge => WriteBody::MergePatch(with_mark()),
                PatchFormat::Json => {
                    let operations = patch.as_array().cloned().unwrap_or_default();
                    let all = guarded(object, (uid, version), operations, plan_id);
                    WriteBody::JsonPatch(all)
                }
            }
        }
        Act::CopyTemplate { sha256, .. } => {
            let template = without_template_hash(&source.object()["spec"]["template"]);
            if hash(&template)? != *sha256 {
                return Err(other("the template of the earlier revision"));
            }
            let put = json!({"op": "replace", "path": "/spec/template", "value": template});
            WriteBody::JsonPatch(guarded(object, (uid, version), vec![put], plan_id))
        }
        Act::Create { object } => {
            let mut body = object.clone();
            body["metadata"]["annotations"][PLAN_MARK] = json!(plan_id);
            WriteBody::Create(body)
        }
        Act::RerunJob { name, sha256 } => {
            let job = job_to_create(source.object(), name);
            if hash(&job["spec"])? != *sha256 {
                return Err(other("the Job"));
            }
            WriteBody::Create(job)
        }
        Act::ApplyManifest { .. } => manifest(step, source, (uid, version), plan_id)?,
        Act::StoreRevision { .. } => revision(&step.act, source, (uid, version), plan_id)?,
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

/// The request that makes an object say what the wanted manifest says.
fn manifest(
    step: &Step,
    source: &Source,
    (uid, version): (&str, &str),
    plan_id: &str,
) -> Result<WriteBody, Unsendable> {
    let (
        Act::ApplyManifest {
            source: of,
            creates,
            server_side,
            sha256,
            ..
        },
        Source::Documents {
            sha256: found,
            before,
            wanted,
        },
    ) = (&step.act, source)
    else {
        return Err(other("what the manifests say"));
    };
    if found != sha256 || wanted.is_null() {
        return Err(other("what the manifests say"));
    }
    let mut body = owned(wanted, &step.target, (&of.namespace, &of.release));
    if !creates && !server_side {
        body = merge::patch(before, &body)?;
    }
    body["metadata"]["annotations"][PLAN_MARK] = json!(plan_id);
    if !creates {
        body["metadata"]["uid"] = json!(uid);
        body["metadata"]["resourceVersion"] = json!(version);
    }
    Ok(match (server_side, creates) {
        (true, _) => WriteBody::Apply(body),
        (false, true) => WriteBody::Create(body),
        (false, false) => WriteBody::StrategicPatch(body),
    })
}

/// The request that stores a revision.
fn revision(
    act: &Act,
    source: &Source,
    (uid, version): (&str, &str),
    plan_id: &str,
) -> Result<WriteBody, Unsendable> {
    let (
        Act::StoreRevision {
            source: of,
            copy_of,
            status,
            at,
            sha256,
            ..
        },
        Source::Payload(sealed, labels),
    ) = (act, source)
    else {
        return Err(other("the revision"));
    };
    if payload::content(sealed).0 != *sha256 {
        return Err(other(&format!("the content of {of}")));
    }
    let told = (&**status, &**at, plan_id);
    let metadata = match copy_of {
        Some(_) => payload::new_metadata(of, labels, told),
        None => payload::changed_metadata((uid, version), told),
    };
    Ok(WriteBody::Revision {
        metadata,
        payload: sealed.clone(),
    })
}

fn other(what: &str) -> Unsendable {
    Unsendable::OtherContent {
        what: what.to_owned(),
    }
}

/// A merged patch that fits one incarnation in one version, with the mark of the plan where the object
/// itself is written.
fn with_mark(patch: &Value, (uid, version): (&str, &str), is_marked: bool, plan_id: &str) -> Value {
    let mut patch = patch.clone();
    patch["metadata"]["uid"] = json!(uid);
    patch["metadata"]["resourceVersion"] = json!(version);
    if is_marked {
        patch["metadata"]["annotations"][PLAN_MARK] = json!(plan_id);
    }
    patch
}

/// The same for a JSON patch.
fn guarded(
    object: &Value,
    (uid, version): (&str, &str),
    changes: Vec<Value>,
    plan_id: &str,
) -> Value {
    let mut operations = vec![
        json!({"op": "test", "path": "/metadata/uid", "value": uid}),
        json!({"op": "test", "path": "/metadata/resourceVersion", "value": version}),
    ];
    operations.extend(changes);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(act: Act) -> Step {
        Step {
            n: 1,
            name: "change".to_owned(),
            target: Target {
                api_version: "v1".to_owned(),
                kind: "LimitRange".to_owned(),
                plural: "limitranges".to_owned(),
                namespace: "shop".to_owned(),
                name: "sizes".to_owned(),
                uid: "u1".to_owned(),
            },
            act,
            expected_before: Vec::new(),
            expected_after: Vec::new(),
            timeout_seconds: 30,
            retries: 0,
        }
    }

    fn sent(act: Act) -> WriteBody {
        let object = json!({"metadata": {"uid": "u1", "resourceVersion": "7"}});
        let step = limit(act);
        write(&step, &object, &Source::Nothing, "plan-1")
            .unwrap()
            .body
    }

    #[test]
    fn a_json_patch_fits_one_version_of_one_incarnation_and_carries_the_mark() {
        let change = json!({"op": "replace", "path": "/spec/limits/0/max/memory", "value": "2Gi"});
        let WriteBody::JsonPatch(all) = sent(Act::Patch {
            format: PatchFormat::Json,
            subresource: None,
            patch: json!([change]),
        }) else {
            panic!("it is a JSON patch");
        };
        let paths: Vec<&str> = all
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["path"].as_str().unwrap())
            .collect();
        let expected = [
            "/metadata/uid",
            "/metadata/resourceVersion",
            "/spec/limits/0/max/memory",
            "/metadata/annotations",
            "/metadata/annotations/dogwatch.io~1plan-id",
        ];
        assert_eq!(paths, expected);
        assert_eq!(
            (&all[0]["value"], &all[1]["value"]),
            (&json!("u1"), &json!("7"))
        );
        assert_eq!(all[2], change);
    }

    #[test]
    fn a_deletion_fits_one_version_of_one_incarnation_and_has_no_force() {
        let body = sent(Act::Delete {
            grace_seconds: None,
        });
        let expected = WriteBody::Delete {
            uid: "u1".to_owned(),
            resource_version: "7".to_owned(),
            grace_seconds: None,
        };
        assert_eq!(body, expected);
    }
}
