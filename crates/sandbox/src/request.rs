//! A request taken apart: path, options, what the client wants to read.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::Method;
use tokio::sync::watch;

use crate::errors::ApiError;
use crate::kinds::{Kind, Kinds};

/// A request with its body read.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) accept: String,
    pub(crate) content_type: String,
    pub(crate) body: Bytes,
    /// Turns true (or loses its sender) when the server stops.
    pub(crate) closing: watch::Receiver<bool>,
}

/// The resource, object or subresource that a path names.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) kind: Arc<Kind>,
    pub(crate) version: String,
    /// `None` for all namespaces or a cluster-scoped resource.
    pub(crate) namespace: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) subresource: Option<String>,
}

impl Target {
    /// The namespace as it is stored: `""` without one.
    pub(crate) fn place(&self) -> &str {
        self.namespace.as_deref().unwrap_or_default()
    }

    /// The name, or `""`.
    pub(crate) fn object(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }
}

/// What a path asks for.
#[derive(Debug)]
pub(crate) enum Route {
    Discovery(Vec<String>),
    Resource(Target),
}

impl Call {
    /// A query parameter, or `""`.
    pub(crate) fn option(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// Whether a query parameter is set to a true value.
    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.option(name), "true" | "1" | "True")
    }

    /// Whether nothing may be kept of what the request does.
    pub(crate) fn dry_run(&self) -> bool {
        self.query.contains_key("dryRun")
    }

    /// A numeric query parameter.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, ApiError> {
        match self.option(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| {
                ApiError::bad_request(format!("invalid value {text:?} for parameter {name}"))
            }),
        }
    }

    /// Whether the request opens a watch.
    pub(crate) fn is_watch(&self) -> bool {
        self.method == Method::GET && self.flag("watch")
    }
}

/// Finds out what a path names. Segments arrive percent-decoded.
pub(crate) fn route(kinds: &Kinds, path: &str) -> Result<Route, ApiError> {
    let segments: Vec<String> = path
        .split('/')
        .filter(|s| !s.is_empty())
        .map(decode)
        .collect();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (group, version, rest) = match parts.as_slice() {
        ["api", version, rest @ ..] if !rest.is_empty() => ("", *version, rest),
        ["apis", group, version, rest @ ..] if !rest.is_empty() => (*group, *version, rest),
        _ => return Ok(Route::Discovery(segments)),
    };
    let find = |plural: &str| {
        kinds
            .served(group, version, plural)
            .ok_or_else(ApiError::no_route)
    };
    let (kind, namespace, rest) = match rest {
        ["namespaces", namespace, plural, rest @ ..]
            if !group.is_empty() || !matches!(*plural, "status" | "finalize") =>
        {
            let kind = find(plural)?;
            if !kind.namespaced {
                return Err(ApiError::no_route());
            }
            (kind, Some((*namespace).to_owned()), rest)
        }
        [plural, rest @ ..] => (find(plural)?, None, rest),
        [] => return Err(ApiError::no_route()),
    };
    let (name, subresource) = match rest {
        [] => (None, None),
        [name] => (Some((*name).to_owned()), None),
        [name, sub] => (Some((*name).to_owned()), Some((*sub).to_owned())),
        _ => return Err(ApiError::no_route()),
    };
    let nameless_object = name.is_some() && kind.namespaced && namespace.is_none();
    let unknown_sub = subresource
        .as_ref()
        .is_some_and(|s| !kind.subresources.contains(s));
    if nameless_object || unknown_sub {
        return Err(ApiError::no_route());
    }
    Ok(Route::Resource(Target {
        kind,
        version: version.to_owned(),
        namespace,
        name,
        subresource,
    }))
}

/// Percent-decodes one path segment; broken escapes stay as they are.
fn decode(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = bytes
            .get(at + 1..at + 3)
            .and_then(|hex| std::str::from_utf8(hex).ok());
        match escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: &str) {
        let found = match route(&Kinds::builtin(), path) {
            Ok(Route::Resource(t)) => format!(
                "{} {} {} {}",
                t.kind.qualified(),
                t.place(),
                t.object(),
                t.subresource.as_deref().unwrap_or_default()
            ),
            Ok(Route::Discovery(parts)) => format!("discovery {}", parts.len()),
            Err(error) => error.code.to_string(),
        };
        assert_eq!(found.trim_end(), expected, "{path}");
    }

    #[test]
    fn paths_are_understood() {
        check("/api/v1/pods", "pods");
        check("/api/v1/namespaces/a/pods/b/log", "pods a b log");
        check("/api/v1/namespaces/a", "namespaces  a");
        check("/api/v1/namespaces/a/status", "namespaces  a status");
        check(
            "/apis/apps/v1/namespaces/a/deployments/b/scale",
            "deployments.apps a b scale",
        );
        check("/api/v1/nodes/n%31", "nodes  n1");
        check("/apis/apps/v1", "discovery 3");
        check("/api/v1/unicorns", "404");
        check("/api/v1/namespaces/a/nodes", "404");
        check("/api/v1/pods/b", "404");
        check("/api/v1/namespaces/a/pods/b/horn", "404");
    }
}
