//! Writes the requests: paths, content types, preconditions.

use dogwatch_model::{
    plan::{Permission, Target},
    ports::{SealedRelease, Write, WriteBody, WriteError},
};
use http::{Method, Request, header};
use kube::client::Body;
use serde_json::{Value, json};

use crate::kubernetes::request::push_encoded;

/// Questions about what one may do.
pub(super) const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/// The question who one is.
pub(super) const SELF_REVIEWS: &str = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

/// Who writes the fields, as the API server remembers it.
const FIELD_MANAGER: &str = "dogwatch-remediator";

/// Whose fields those of a release are.
const HELM: &str = "helm";

const JSON: &str = "application/json";
const METADATA: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
const APPLY: &str = "application/apply-patch+yaml";
const STRATEGIC: &str = "application/strategic-merge-patch+json";
const MERGE: &str = "application/merge-patch+json";
const JSON_PATCH: &str = "application/json-patch+json";

/// The request for a whole object.
pub(super) fn read(target: &Target) -> Result<Request<Body>, WriteError> {
    built(
        Method::GET,
        &path(target, None)?,
        (answers(target), JSON),
        Vec::new(),
        "",
    )
}

/// The request for a Secret with its payload.
pub(super) fn payload(secret: &Target) -> Result<Request<Body>, WriteError> {
    built(
        Method::GET,
        &path(secret, None)?,
        (JSON, JSON),
        Vec::new(),
        "",
    )
}

/// The form in which the object is answered: of Secrets nothing but metadata, after writes too.
fn answers(target: &Target) -> &'static str {
    let is_secret = target.kind == "Secret" && target.api_version == "v1";
    if is_secret { METADATA } else { JSON }
}

/// A POST that creates nothing that stays.
pub(super) fn post(path: &str, body: &Value) -> Result<Request<Body>, WriteError> {
    built(
        Method::POST,
        path,
        (JSON, JSON),
        body.to_string().into_bytes(),
        "",
    )
}

/// The body of an access review.
pub(super) fn review(permission: &Permission) -> Value {
    let (resource, subresource) = match permission.resource.split_once('/') {
        Some((resource, subresource)) => (resource, Some(subresource)),
        None => (permission.resource.as_str(), None),
    };
    let namespace = (!permission.namespace.is_empty()).then_some(&permission.namespace);
    json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {
            "verb": permission.verb,
            "group": permission.group,
            "resource": resource,
            "subresource": subresource,
            "namespace": namespace,
        }},
    })
}

/// The request of a write, or of its dry run.
pub(super) fn write(write: &Write, dry_run: bool) -> Result<Request<Body>, WriteError> {
    let subresource = write.subresource.as_deref();
    let (method, content, body) = match &write.body {
        WriteBody::StrategicPatch(body) => (Method::PATCH, STRATEGIC, body.clone()),
        WriteBody::MergePatch(body) => (Method::PATCH, MERGE, body.clone()),
        WriteBody::JsonPatch(body) => (Method::PATCH, JSON_PATCH, body.clone()),
        WriteBody::Create(body) => (Method::POST, JSON, body.clone()),
        WriteBody::Apply(body) => (Method::PATCH, APPLY, body.clone()),
        WriteBody::Revision { metadata, payload } => {
            let body = secret(metadata, payload)?;
            match metadata.get("uid") {
                None => (Method::POST, JSON, body),
                Some(_) => (Method::PATCH, MERGE, body),
            }
        }
        WriteBody::Delete {
            uid,
            resource_version,
            grace_seconds,
        } => (
            Method::DELETE,
            JSON,
            deletion((uid, resource_version), *grace_seconds, dry_run),
        ),
        WriteBody::Evict { uid } => (Method::POST, JSON, eviction(&write.target, uid)),
    };
    let mut path = match (&write.body, subresource) {
        (WriteBody::Create(_), _) => collection(&write.target)?,
        (WriteBody::Revision { metadata, .. }, _) if metadata.get("uid").is_none() => {
            collection(&write.target)?
        }
        (WriteBody::Evict { .. }, _) => path(&write.target, Some("eviction"))?,
        (_, subresource) => path(&write.target, subresource)?,
    };
    // A deletion takes its options in the body alone, everything else in the query.
    let is_of_helm = matches!(write.body, WriteBody::Apply(_));
    path.push_str("?fieldManager=");
    path.push_str(if is_of_helm { HELM } else { FIELD_MANAGER });
    if dry_run {
        path.push_str("&dryRun=All");
    }
    let agent = write.plan_id.as_str();
    let forms = (answers(&write.target), content);
    built(method, &path, forms, body.to_string().into_bytes(), agent)
}

/// The Secret that holds a revision. Kept private: its text is the payload.
fn secret(metadata: &Value, payload: &SealedRelease) -> Result<Value, WriteError> {
    let packed = crate::helm::payload::pack(payload);
    let packed = packed.map_err(|error| WriteError::Invalid(error.to_string()))?;
    Ok(json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "helm.sh/release.v1",
        "metadata": metadata,
        "data": {"release": packed},
    }))
}

fn deletion(
    (uid, resource_version): (&str, &str),
    grace_seconds: Option<i64>,
    dry_run: bool,
) -> Value {
    let mut options = json!({
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "preconditions": {"uid": uid, "resourceVersion": resource_version},
        "gracePeriodSeconds": grace_seconds,
        "propagationPolicy": "Background",
    });
    if dry_run {
        // Behind a body the API server does not look at the query: without this it would delete.
        options["dryRun"] = json!(["All"]);
    }
    options
}

fn eviction(target: &Target, uid: &str) -> Value {
    json!({
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": target.name, "namespace": target.namespace},
        "deleteOptions": {"preconditions": {"uid": uid}},
    })
}

fn collection(target: &Target) -> Result<String, WriteError> {
    let mut path = if target.api_version.contains('/') {
        String::from("/apis/")
    } else {
        String::from("/api/")
    };
    for (at, part) in target.api_version.split('/').enumerate() {
        if at > 0 {
            path.push('/');
        }
        push_part(&mut path, part)?;
    }
    if !target.namespace.is_empty() {
        path.push_str("/namespaces/");
        push_part(&mut path, &target.namespace)?;
    }
    path.push('/');
    push_part(&mut path, &target.plural)?;
    Ok(path)
}

fn path(target: &Target, subresource: Option<&str>) -> Result<String, WriteError> {
    let mut path = collection(target)?;
    path.push('/');
    push_part(&mut path, &target.name)?;
    if let Some(subresource) = subresource {
        path.push('/');
        push_part(&mut path, subresource)?;
    }
    Ok(path)
}

/// Refuses what would lead to another path.
fn push_part(path: &mut String, part: &str) -> Result<(), WriteError> {
    if matches!(part, "" | "." | "..") || part.contains('/') {
        return Err(WriteError::Invalid(format!(
            "\"{}\" is no name of an object",
            crate::quote::quote(part)
        )));
    }
    push_encoded(path, part);
    Ok(())
}

fn built(
    method: Method,
    path: &str,
    (answers, content): (&str, &str),
    body: Vec<u8>,
    plan_id: &str,
) -> Result<Request<Body>, WriteError> {
    let mut agent = format!("dogwatch/{}", env!("CARGO_PKG_VERSION"));
    if !plan_id.is_empty() {
        agent = format!("{agent} plan/{plan_id}");
    }
    let body = if body.is_empty() {
        Body::empty()
    } else {
        Body::from(body)
    };
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::ACCEPT, answers)
        .header(header::CONTENT_TYPE, content)
        .header(header::USER_AGENT, agent)
        .body(body)
        .map_err(|error| WriteError::Invalid(crate::quote::quote(&error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod() -> Target {
        Target {
            api_version: "v1".to_owned(),
            kind: "Pod".to_owned(),
            plural: "pods".to_owned(),
            namespace: "shop".to_owned(),
            name: "api-1".to_owned(),
            uid: "u1".to_owned(),
        }
    }

    #[test]
    fn a_deletion_names_the_incarnation() {
        let call = Write {
            target: pod(),
            subresource: None,
            body: WriteBody::Delete {
                uid: "u1".to_owned(),
                resource_version: "7".to_owned(),
                grace_seconds: None,
            },
            plan_id: "p1".to_owned(),
        };
        let request = write(&call, true).unwrap();
        assert_eq!(
            request.uri(),
            "/api/v1/namespaces/shop/pods/api-1?fieldManager=dogwatch-remediator&dryRun=All"
        );
        assert_eq!(request.method(), Method::DELETE);
        let agent = request.headers()[header::USER_AGENT].to_str().unwrap();
        assert!(agent.ends_with(" plan/p1"), "{agent}");
        let wet = write(&call, false).unwrap();
        assert!(!wet.uri().to_string().contains("dryRun"));
    }

    #[test]
    fn a_deletion_that_is_only_tried_says_so_in_its_body() {
        let tried = deletion(("u1", "7"), None, true);
        assert_eq!(tried["dryRun"], json!(["All"]));
        let meant = deletion(("u1", "7"), None, false);
        assert!(meant.get("dryRun").is_none());
        assert_eq!(meant["preconditions"], tried["preconditions"]);
        assert_eq!(meant["propagationPolicy"], "Background");
    }

    #[test]
    fn of_a_secret_only_metadata_is_asked_for_and_answered() {
        let target = dogwatch_model::plan::Revision {
            namespace: "shop".to_owned(),
            release: "web".to_owned(),
            revision: 3,
        }
        .secret("");
        let asks_for_all = |request: &Request<Body>| request.headers()[header::ACCEPT] == JSON;
        assert!(!asks_for_all(&read(&target).unwrap()));
        assert!(asks_for_all(&payload(&target).unwrap()));
        assert!(asks_for_all(&read(&pod()).unwrap()));
        let mut call = Write {
            target,
            subresource: None,
            body: WriteBody::Revision {
                metadata: json!({"name": "sh.helm.release.v1.web.v3"}),
                payload: SealedRelease::new(json!({"manifest": "hunter2"})),
            },
            plan_id: "p1".to_owned(),
        };
        assert!(!format!("{call:?}").contains("hunter2"));
        let request = write(&call, false).unwrap();
        assert!(!asks_for_all(&request));
        assert_eq!(
            (request.method(), request.uri().path()),
            (&Method::POST, "/api/v1/namespaces/shop/secrets")
        );
        if let WriteBody::Revision { metadata, .. } = &mut call.body {
            metadata["uid"] = json!("u1");
        }
        let request = write(&call, false).unwrap();
        assert_eq!(request.method(), Method::PATCH);
        assert_eq!(request.headers()[header::CONTENT_TYPE], MERGE);
    }

    #[test]
    fn names_never_lead_elsewhere() {
        for name in ["", ".", "..", "a/b"] {
            let mut target = pod();
            target.name = name.to_owned();
            assert!(read(&target).is_err(), "{name}");
        }
    }

    #[test]
    fn an_eviction_goes_to_its_subresource() {
        let call = Write {
            target: pod(),
            subresource: None,
            body: WriteBody::Evict {
                uid: "u1".to_owned(),
            },
            plan_id: String::new(),
        };
        let request = write(&call, false).unwrap();
        assert_eq!(
            request.uri().path(),
            "/api/v1/namespaces/shop/pods/api-1/eviction"
        );
    }
}
