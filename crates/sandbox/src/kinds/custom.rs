//! Kinds that come from CustomResourceDefinitions or from the objects themselves.

use serde_json::Value;

use super::{Kind, qualify, split_api_version};
use crate::fields::{is_true, list, text};

/// One entry of `additionalPrinterColumns`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PrinterColumn {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) path: String,
    pub(crate) priority: i64,
}

fn texts(value: &Value, pointer: &str) -> Vec<String> {
    list(value, pointer)
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn columns(version: &Value) -> Vec<PrinterColumn> {
    let column = |c: &Value| PrinterColumn {
        name: text(c, "/name").to_owned(),
        kind: text(c, "/type").to_owned(),
        path: text(c, "/jsonPath").to_owned(),
        priority: crate::fields::count(c, "/priority"),
    };
    list(version, "/additionalPrinterColumns")
        .iter()
        .map(column)
        .collect()
}

/// The kind that a CustomResourceDefinition declares; `None` when names or versions are missing.
pub(super) fn from_definition(definition: &Value) -> Option<Kind> {
    let mut served: Vec<&Value> = list(definition, "/spec/versions")
        .iter()
        .filter(|v| is_true(v, "/served"))
        .collect();
    served.sort_by_key(|v| !is_true(v, "/storage"));
    let preferred = *served.first()?;
    let group = text(definition, "/spec/group").to_owned();
    let plural = text(definition, "/spec/names/plural").to_owned();
    let kind = text(definition, "/spec/names/kind").to_owned();
    if group.is_empty() || plural.is_empty() || kind.is_empty() {
        return None;
    }
    let mut subresources = Vec::new();
    for name in ["status", "scale"] {
        if preferred
            .pointer(&format!("/subresources/{name}"))
            .is_some()
        {
            subresources.push(name.to_owned());
        }
    }
    Some(Kind {
        versions: served.iter().map(|v| text(v, "/name").to_owned()).collect(),
        short_names: texts(definition, "/spec/names/shortNames"),
        categories: texts(definition, "/spec/names/categories"),
        namespaced: text(definition, "/spec/scope") == "Namespaced",
        shelf: qualify(&plural, &group),
        columns: columns(preferred),
        subresources,
        create_only: false,
        custom: true,
        group,
        kind,
        plural,
    })
}

/// The kind of an object whose definition is not in the input.
pub(super) fn infer(object: &Value) -> Option<Kind> {
    let (group, version) = split_api_version(text(object, "/apiVersion"));
    let kind = text(object, "/kind");
    let plain = |s: &str| {
        s.chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-".contains(c))
    };
    let known_shape = plain(group) && plain(version) && plain(kind);
    if kind.is_empty() || version.is_empty() || !known_shape {
        return None;
    }
    let plural = match (group, kind) {
        ("metrics.k8s.io", "PodMetrics") => "pods".to_owned(),
        ("metrics.k8s.io", "NodeMetrics") => "nodes".to_owned(),
        _ => pluralize(&kind.to_ascii_lowercase()),
    };
    Some(Kind {
        group: group.to_owned(),
        versions: vec![version.to_owned()],
        kind: kind.to_owned(),
        short_names: Vec::new(),
        categories: Vec::new(),
        namespaced: !text(object, "/metadata/namespace").is_empty(),
        subresources: vec!["status".to_owned()],
        shelf: qualify(&plural, group),
        create_only: false,
        custom: true,
        columns: Vec::new(),
        plural,
    })
}

/// The plural by the rule that Kubernetes itself uses to guess.
fn pluralize(singular: &str) -> String {
    if let Some(stem) = singular.strip_suffix('y') {
        let vowel_before = stem.ends_with(['a', 'e', 'i', 'o', 'u']);
        return if vowel_before {
            format!("{singular}s")
        } else {
            format!("{stem}ies")
        };
    }
    if singular.ends_with(['s', 'x', 'z']) || singular.ends_with("ch") || singular.ends_with("sh") {
        return format!("{singular}es");
    }
    format!("{singular}s")
}
