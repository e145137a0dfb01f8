//! Just enough OpenAPI that clients learn which query parameters a `PATCH` takes and do not
//! complain. There are no schemas, so `kubectl explain` finds none and says so.

use serde_json::{Map, Value, json};

use super::{groups, served};
use crate::answer::Answer;
use crate::errors::ApiError;
use crate::kinds::Kinds;

/// `/openapi/v2`: an empty document in the encoding that was asked for.
pub(super) fn v2(accept: &str) -> Answer {
    if accept.contains("protobuf") {
        // An empty protocol buffer message has no bytes.
        return Answer::of(
            "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
            "",
        );
    }
    let info = json!({"title": "Kubernetes", "version": "unversioned"});
    Answer::json(
        200,
        &json!({"swagger": "2.0", "info": info, "paths": {}, "definitions": {}}),
    )
}

/// `/openapi/v3`: where the document of each group and version is.
pub(super) fn index(kinds: &Kinds) -> Answer {
    let mut paths = Map::new();
    let mut add = |path: String| {
        let url = format!("/openapi/v3/{path}");
        paths.insert(path, json!({"serverRelativeURL": url}));
    };
    add("api/v1".to_owned());
    for (group, versions) in groups(kinds) {
        for version in versions {
            add(format!("apis/{group}/{version}"));
        }
    }
    Answer::json(200, &json!({"paths": paths}))
}

/// The document of one group and version: the `PATCH` of each kind with its parameters.
pub(super) fn document(kinds: &Kinds, group: &str, version: &str) -> Result<Answer, ApiError> {
    let parameter = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": true}});
    let parameters: Vec<Value> = ["dryRun", "fieldManager", "fieldValidation", "force"]
        .into_iter()
        .map(parameter)
        .collect();
    let root = if group.is_empty() {
        "/api/v1".to_owned()
    } else {
        format!("/apis/{group}/{version}")
    };
    let mut paths = Map::new();
    for kind in served(kinds, group, version) {
        let scope = if kind.namespaced {
            "/namespaces/{namespace}"
        } else {
            ""
        };
        let path = format!("{root}{scope}/{}/{{name}}", kind.plural);
        let operation = json!({
            "parameters": parameters,
            "responses": {"200": {"description": "OK"}},
            "x-kubernetes-action": "patch",
            "x-kubernetes-group-version-kind":
                {"group": group, "version": version, "kind": kind.kind},
        });
        paths.insert(path, json!({"patch": operation}));
    }
    if paths.is_empty() {
        return Err(ApiError::no_route());
    }
    let info = json!({"title": "Kubernetes", "version": "unversioned"});
    Ok(Answer::json(
        200,
        &json!({"openapi": "3.0.0", "info": info, "paths": paths,
        "components": {"schemas": {}}}),
    ))
}
