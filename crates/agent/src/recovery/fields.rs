//! Fields of whole objects: values as facts, and what differs between two versions of an object.

use std::collections::BTreeMap;

use dogwatch_model::{
    canonical::{NotCanonical, canonical_json, sha256_hex},
    plan::{Difference, Fact, Target},
    redaction::redact,
};
use serde_json::{Map, Value, json};

/// Characters shown of one value.
const MAX_SHOWN: usize = 120;

/// The label that controllers add to a template.
const TEMPLATE_HASH: &str = "pod-template-hash";

/// The annotation that the executor adds; it is no part of what was approved.
pub(crate) const PLAN_MARK: &str = "dogwatch.io/plan-id";

/// The value of a field as a fact holds it: a scalar as JSON, a larger part by its hash.
pub(crate) fn value_of(object: &Value, field: &str) -> Result<String, NotCanonical> {
    Ok(match object.pointer(field) {
        None | Some(Value::Null) => "absent".to_owned(),
        Some(part @ (Value::Object(_) | Value::Array(_))) => {
            format!("sha256:{}", hash(&without_template_hash(part))?)
        }
        Some(scalar) => scalar.to_string(),
    })
}

/// Fills in the facts whose value is not known yet.
pub(crate) fn fill(facts: &mut [Fact], object: &Value) -> Result<(), NotCanonical> {
    for fact in facts.iter_mut().filter(|fact| fact.value.is_empty()) {
        fact.value = value_of(object, &fact.field)?;
    }
    Ok(())
}

/// The first fact that does not hold, with what is there instead.
pub(crate) fn broken<'f>(
    facts: &'f [Fact],
    object: &Value,
) -> Result<Option<(&'f Fact, String)>, NotCanonical> {
    for fact in facts {
        let now = value_of(object, &fact.field)?;
        if now != fact.value {
            return Ok(Some((fact, now)));
        }
    }
    Ok(None)
}

/// SHA-256 of the canonical form.
pub(crate) fn hash(value: &Value) -> Result<String, NotCanonical> {
    Ok(sha256_hex(canonical_json(value)?.as_bytes()))
}

/// A Pod template without the label that the controller adds to its copies.
pub(crate) fn without_template_hash(template: &Value) -> Value {
    let mut template = template.clone();
    if let Some(labels) = template
        .pointer_mut("/metadata/labels")
        .and_then(Value::as_object_mut)
    {
        labels.remove(TEMPLATE_HASH);
    }
    template
}

/// The spec of a Job as it can be created again: without what the controller added.
pub(crate) fn job_to_create(job: &Value, name: &str) -> Value {
    let mut spec = job["spec"].clone();
    if let Some(spec) = spec.as_object_mut() {
        spec.remove("selector");
        spec.remove("manualSelector");
        spec.insert("suspend".to_owned(), Value::Bool(false));
    }
    if let Some(labels) = spec
        .pointer_mut("/template/metadata/labels")
        .and_then(Value::as_object_mut)
    {
        drop_job_labels(labels);
    }
    let mut labels = job["metadata"]["labels"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    drop_job_labels(&mut labels);
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "namespace": job["metadata"]["namespace"],
            "labels": labels,
            "annotations": {"dogwatch.io/rerun-of": job["metadata"]["name"]},
        },
        "spec": spec,
    })
}

fn drop_job_labels(labels: &mut Map<String, Value>) {
    labels.retain(|key, _| {
        !key.starts_with("batch.kubernetes.io/") && !matches!(&**key, "controller-uid" | "job-name")
    });
}

/// What differs between two versions of an object, apart from what the API server keeps for itself.
pub(crate) fn differences(
    (step, target): (u32, &Target),
    before: &Value,
    after: &Value,
) -> Result<(Vec<Difference>, String), NotCanonical> {
    let (old, new) = (leaves(before), leaves(after));
    let mut fields: Vec<&String> = old.keys().chain(new.keys()).collect();
    fields.sort();
    fields.dedup();
    let changed = fields
        .into_iter()
        .filter(|field| old.get(*field) != new.get(*field));
    let mut shown = Vec::new();
    let mut exact = Vec::new();
    for field in changed {
        let (was, is) = (old.get(field).copied(), new.get(field).copied());
        exact.push(json!([field, was, is]));
        shown.push(Difference {
            step,
            target: target.clone(),
            field: field.clone(),
            before: words(field, was),
            after: words(field, is),
        });
    }
    Ok((shown, hash(&Value::Array(exact))?))
}

/// A value for people. Values of environment variables are never shown: only that they change.
fn words(field: &str, value: Option<&Value>) -> String {
    let Some(value) = value else {
        return String::new();
    };
    let is_environment = field.contains("/env/") && field.ends_with("/value");
    if is_environment {
        return "(value not shown)".to_owned();
    }
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    let text = redact(&text);
    text.chars().take(MAX_SHOWN).collect()
}

/// Every scalar of an object by its pointer; what the API server keeps for itself is left out.
fn leaves(object: &Value) -> BTreeMap<String, &Value> {
    let mut found = BTreeMap::new();
    collect(object, &mut String::new(), &mut found);
    found
}

fn is_left_out(path: &str) -> bool {
    const OWN: &[&str] = &[
        "/metadata/managedFields",
        "/metadata/resourceVersion",
        "/metadata/generation",
        "/status",
    ];
    OWN.contains(&path) || path == "/metadata/annotations/dogwatch.io~1plan-id"
}

fn collect<'v>(value: &'v Value, path: &mut String, found: &mut BTreeMap<String, &'v Value>) {
    if is_left_out(path) {
        return;
    }
    let length = path.len();
    match value {
        Value::Object(map) => {
            for (key, child) in map {
                path.push('/');
                path.push_str(&key.replace('~', "~0").replace('/', "~1"));
                collect(child, path, found);
                path.truncate(length);
            }
        }
        Value::Array(list) => {
            for (at, child) in list.iter().enumerate() {
                path.push('/');
                path.push_str(&at.to_string());
                collect(child, path, found);
                path.truncate(length);
            }
        }
        Value::Null => {}
        scalar => {
            found.insert(path.clone(), scalar);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> Target {
        Target {
            api_version: "apps/v1".to_owned(),
            kind: "Deployment".to_owned(),
            plural: "deployments".to_owned(),
            namespace: "shop".to_owned(),
            name: "api".to_owned(),
            uid: "u".to_owned(),
        }
    }

    #[test]
    fn only_what_somebody_wants_differs() {
        let before = json!({"metadata": {"resourceVersion": "1", "generation": 1},
            "spec": {"replicas": 2, "env": [{"name": "A", "value": "x"}]}, "status": {"a": 1}});
        let after = json!({"metadata": {"resourceVersion": "2", "generation": 2,
            "annotations": {"dogwatch.io/plan-id": "p"}},
            "spec": {"replicas": 4, "env": [{"name": "A", "value": "y"}]}});
        let (shown, hash) = differences((1, &target()), &before, &after).unwrap();
        let fields: Vec<(&str, &str, &str)> = shown
            .iter()
            .map(|one| (&*one.field, &*one.before, &*one.after))
            .collect();
        assert_eq!(
            fields,
            [
                (
                    "/spec/env/0/value",
                    "(value not shown)",
                    "(value not shown)"
                ),
                ("/spec/replicas", "2", "4"),
            ]
        );
        let other = json!({"spec": {"replicas": 4, "env": [{"name": "A", "value": "z"}]}});
        let (_, other) = differences((1, &target()), &before, &other).unwrap();
        assert_ne!(hash, other, "a value that is not shown still counts");
    }

    #[test]
    fn facts_name_large_parts_by_their_hash() {
        let object = json!({"spec": {"paused": true, "template": {"metadata": {"labels":
            {"app": "a", "pod-template-hash": "x"}}}}});
        let bare = json!({"spec": {"template": {"metadata": {"labels": {"app": "a"}}}}});
        assert_eq!(value_of(&object, "/spec/paused").unwrap(), "true");
        assert_eq!(value_of(&bare, "/spec/paused").unwrap(), "absent");
        let hash = value_of(&object, "/spec/template").unwrap();
        assert!(hash.starts_with("sha256:"), "{hash}");
        assert_eq!(hash, value_of(&bare, "/spec/template").unwrap());
    }

    #[test]
    fn a_job_is_created_without_what_its_controller_added() {
        let job = json!({"metadata": {"name": "load", "namespace": "shop", "uid": "u",
            "labels": {"app": "load", "job-name": "load"}},
            "spec": {"selector": {"matchLabels": {"controller-uid": "u"}}, "backoffLimit": 1,
                "template": {"metadata": {"labels": {"batch.kubernetes.io/job-name": "load"}}}}});
        let new = job_to_create(&job, "load-rerun-1");
        assert_eq!(new["metadata"]["labels"], json!({"app": "load"}));
        assert_eq!(new["spec"]["template"]["metadata"]["labels"], json!({}));
        assert!(new["spec"].get("selector").is_none());
    }
}
