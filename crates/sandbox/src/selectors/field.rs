//! Field selectors over any scalar path.

use serde_json::Value;

use crate::objects::Stored;

/// A conjunction of `(path, equal, value)` over scalar fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FieldSelector {
    terms: Vec<(String, bool, String)>,
}

impl FieldSelector {
    /// Parses the query form: `spec.nodeName=a,status.phase!=Running`, with `\` as escape.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut terms = Vec::new();
        for part in split_unescaped(text) {
            if part.is_empty() {
                continue;
            }
            let (path, equal, value) = if let Some((path, value)) = part.split_once("!=") {
                (path, false, value)
            } else if let Some((path, value)) = part.split_once("==") {
                (path, true, value)
            } else if let Some((path, value)) = part.split_once('=') {
                (path, true, value)
            } else {
                return Err(format!(
                    "invalid field selector: \"{text}\"; can't understand '{part}'"
                ));
            };
            terms.push((path.to_owned(), equal, unescape(value)));
        }
        Ok(Self { terms })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether an object meets every term. The object is parsed only when the cheap look at its
    /// text leaves it open.
    pub(crate) fn matches(&self, object: &Stored) -> bool {
        let (cheap, deep): (Vec<_>, Vec<_>) = self
            .terms
            .iter()
            .partition(|(path, _, _)| path == "metadata.name" || path == "metadata.namespace");
        let direct = |path: &str| {
            if path == "metadata.name" {
                &object.name
            } else {
                &object.namespace
            }
        };
        if !cheap
            .iter()
            .all(|(path, equal, value)| (direct(path) == value) == *equal)
        {
            return false;
        }
        if deep.is_empty() {
            return true;
        }
        let plain = |v: &str| {
            v.chars()
                .all(|c| c.is_ascii_alphanumeric() || "-.".contains(c))
        };
        if deep
            .iter()
            .any(|(_, equal, v)| *equal && plain(v) && !object.mentions(v))
        {
            return false;
        }
        let value = object.value();
        deep.iter()
            .all(|(path, equal, wanted)| (field(&value, path) == *wanted) == *equal)
    }
}

/// The text form of the scalar at a dotted path; missing fields are empty.
fn field(value: &Value, path: &str) -> String {
    let alias = match path {
        // Events are selected by these names in both event groups.
        "source" => "source.component",
        "reportingController" => "reportingComponent",
        other => other,
    };
    let alias = match alias.strip_prefix("regarding.") {
        Some(rest) => format!("involvedObject.{rest}"),
        None => alias.to_owned(),
    };
    let found = alias
        .split('.')
        .try_fold(value, |value, step| value.get(step));
    match found {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(_) | Value::Number(_)) => {
            found.map(ToString::to_string).unwrap_or_default()
        }
        // The flag of a node is absent when it is false.
        None if path == "spec.unschedulable" => "false".to_owned(),
        _ => String::new(),
    }
}

fn split_unescaped(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut escaped) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        if c == ',' && !escaped {
            parts.push(std::mem::take(&mut part));
            continue;
        }
        escaped = c == '\\' && !escaped;
        part.push(c);
    }
    parts.push(part);
    parts
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check_fields(selector: &str, expected: bool) {
        let object = Stored::new(json!({"metadata": {"name": "a", "namespace": "n"},
            "spec": {"nodeName": "node-1"}, "status": {"phase": "Running"}, "count": 3,
            "involvedObject": {"uid": "u-1"}, "source": {"component": "kubelet"}}));
        let parsed = FieldSelector::parse(selector).unwrap();
        assert_eq!(parsed.matches(&object), expected, "{selector}");
    }

    #[test]
    fn field_paths() {
        check_fields("", true);
        check_fields("metadata.name=a", true);
        check_fields("metadata.name!=a", false);
        check_fields("metadata.namespace=n,spec.nodeName=node-1", true);
        check_fields("spec.nodeName=node", false);
        check_fields("status.phase!=Running", false);
        check_fields("status.phase!=Succeeded,status.phase!=Failed", true);
        check_fields("involvedObject.uid=u-1", true);
        check_fields("regarding.uid=u-1", true);
        check_fields("source=kubelet", true);
        check_fields("count=3", true);
        check_fields("spec.missing=", true);
        assert!(FieldSelector::parse("nonsense").is_err());
    }
}
