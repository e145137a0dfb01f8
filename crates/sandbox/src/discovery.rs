//! Discovery: which groups, versions and resources exist, `/version`, health and OpenAPI.

mod openapi;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::core::Core;
use crate::errors::ApiError;
use crate::kinds::{Kind, Kinds};
use crate::request::Call;

/// Answers every path that names no resource.
pub(crate) fn answer(core: &Core, segments: &[String], call: &Call) -> Result<Answer, ApiError> {
    if call.method != axum::http::Method::GET && call.method != axum::http::Method::HEAD {
        return Err(ApiError::method_not_allowed());
    }
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    core.with_store(|store| {
        let kinds = &store.kinds;
        match parts.as_slice() {
            ["version"] => Ok(Answer::json(200, &version(&core.version))),
            ["healthz" | "readyz" | "livez", ..] => Ok(Answer::of("text/plain", "ok")),
            ["api" | "apis"] if wants_aggregated(&call.accept) => Ok(Answer::of(
                AGGREGATED,
                aggregated(kinds, parts[0] == "api").to_string(),
            )),
            ["api"] => Ok(Answer::json(200, &core_versions())),
            ["apis"] => Ok(Answer::json(200, &group_list(kinds))),
            ["api", version] => resource_list(kinds, "", version),
            ["apis", group] => one_group(kinds, group),
            ["apis", group, version] => resource_list(kinds, group, version),
            ["openapi", "v2"] => Ok(openapi::v2(&call.accept)),
            ["openapi", "v3"] => Ok(openapi::index(kinds)),
            ["openapi", "v3", "api", version] => openapi::document(kinds, "", version),
            ["openapi", "v3", "apis", group, version] => openapi::document(kinds, group, version),
            [] => Ok(Answer::json(
                200,
                &json!({"paths": ["/api", "/apis", "/version"]}),
            )),
            _ => Err(ApiError::no_route()),
        }
    })
}

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// Whether the client understands version 2 of the aggregated form.
fn wants_aggregated(accept: &str) -> bool {
    accept.split(',').any(|clause| {
        let parts: Vec<&str> = clause.split(';').map(str::trim).collect();
        let has = |wanted: &str| parts.contains(&wanted);
        has("application/json") && has("as=APIGroupDiscoveryList") && has("v=v2")
    })
}

fn version(git: &str) -> Value {
    let mut numbers = git.trim_start_matches('v').split('.');
    let (major, minor) = (numbers.next().unwrap_or("1"), numbers.next().unwrap_or("0"));
    json!({
        "major": major, "minor": minor, "gitVersion": git, "gitCommit": "", "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z", "goVersion": "", "compiler": "", "platform": "linux/amd64",
    })
}

fn core_versions() -> Value {
    json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})
}

/// Groups other than core with their versions, the preferred one first.
fn groups(kinds: &Kinds) -> BTreeMap<&str, Vec<&str>> {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for kind in kinds.iter().filter(|kind| !kind.group.is_empty()) {
        let versions = groups.entry(&kind.group).or_default();
        for version in &kind.versions {
            if !versions.contains(&version.as_str()) {
                versions.push(version);
            }
        }
    }
    groups
}

fn group(name: &str, versions: &[&str]) -> Value {
    let entry = |v: &&str| json!({"groupVersion": format!("{name}/{v}"), "version": v});
    let all: Vec<Value> = versions.iter().map(entry).collect();
    json!({"name": name, "versions": all, "preferredVersion": all.first()})
}

fn group_list(kinds: &Kinds) -> Value {
    let groups: Vec<Value> = groups(kinds)
        .into_iter()
        .map(|(name, versions)| group(name, &versions))
        .collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

fn one_group(kinds: &Kinds, name: &str) -> Result<Answer, ApiError> {
    let groups = groups(kinds);
    let versions = groups.get(name).ok_or_else(ApiError::no_route)?;
    let mut body = group(name, versions);
    body["kind"] = json!("APIGroup");
    body["apiVersion"] = json!("v1");
    Ok(Answer::json(200, &body))
}

/// The kinds of one group and version.
fn served<'a>(
    kinds: &'a Kinds,
    group: &'a str,
    version: &'a str,
) -> impl Iterator<Item = &'a Arc<Kind>> {
    kinds.iter().filter(move |kind| {
        kind.group == group && kind.versions.iter().any(|served| served == version)
    })
}

fn resource_list(kinds: &Kinds, group: &str, version: &str) -> Result<Answer, ApiError> {
    let mut resources = Vec::new();
    for kind in served(kinds, group, version) {
        let mut entry = json!({
            "name": kind.plural, "singularName": kind.kind.to_lowercase(),
            "namespaced": kind.namespaced, "kind": kind.kind, "verbs": kind.verbs(),
        });
        if !kind.short_names.is_empty() {
            entry["shortNames"] = json!(kind.short_names);
        }
        if !kind.categories.is_empty() {
            entry["categories"] = json!(kind.categories);
        }
        resources.push(entry);
        for sub in &kind.subresources {
            let (group, version, name) = response_kind(kind, sub, version);
            let mut entry = json!({
                "name": format!("{}/{sub}", kind.plural), "singularName": "",
                "namespaced": kind.namespaced, "kind": name,
                "verbs": Kind::subresource_verbs(sub),
            });
            if group != kind.group {
                entry["group"] = json!(group);
                entry["version"] = json!(version);
            }
            resources.push(entry);
        }
    }
    if resources.is_empty() {
        return Err(ApiError::no_route());
    }
    let group_version = if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    };
    Ok(Answer::json(
        200,
        &json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version,
            "resources": resources}),
    ))
}

/// Group, version and kind of what a subresource answers with.
fn response_kind<'a>(kind: &'a Kind, sub: &str, version: &'a str) -> (&'a str, &'a str, &'a str) {
    match sub {
        "scale" => ("autoscaling", "v1", "Scale"),
        "eviction" => ("policy", "v1", "Eviction"),
        "binding" => ("", "v1", "Binding"),
        _ => (&kind.group, version, &kind.kind),
    }
}

fn aggregated(kinds: &Kinds, core: bool) -> Value {
    let groups = if core {
        BTreeMap::from([("", vec!["v1"])])
    } else {
        groups(kinds)
    };
    let items: Vec<Value> = groups
        .iter()
        .map(|(name, versions)| {
            let versions: Vec<Value> = versions
                .iter()
                .map(|version| {
                    let resources: Vec<Value> = served(kinds, name, version)
                        .map(|k| aggregated_kind(k, version))
                        .collect();
                    json!({"version": version, "resources": resources, "freshness": "Current"})
                })
                .collect();
            let metadata = if core {
                json!({})
            } else {
                json!({"name": name})
            };
            json!({"metadata": metadata, "versions": versions})
        })
        .collect();
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {}, "items": items})
}

fn aggregated_kind(kind: &Kind, version: &str) -> Value {
    let mut entry = json!({
        "resource": kind.plural, "singularResource": kind.kind.to_lowercase(),
        "responseKind": {"group": kind.group, "version": version, "kind": kind.kind},
        "scope": if kind.namespaced { "Namespaced" } else { "Cluster" },
        "verbs": kind.verbs(),
    });
    if !kind.short_names.is_empty() {
        entry["shortNames"] = json!(kind.short_names);
    }
    if !kind.categories.is_empty() {
        entry["categories"] = json!(kind.categories);
    }
    let subresources: Vec<Value> = kind
        .subresources
        .iter()
        .map(|sub| {
            let (group, version, name) = response_kind(kind, sub, version);
            json!({"subresource": sub, "verbs": Kind::subresource_verbs(sub),
                "responseKind": {"group": group, "version": version, "kind": name}})
        })
        .collect();
    if !subresources.is_empty() {
        entry["subresources"] = json!(subresources);
    }
    entry
}
