//! Label and field selectors, as the API server reads them.

use dogwatch_model::wire::{LabelSelector, Labels, SelectorExpression, Text};
use serde::Deserialize;

/// The selector is not one that the API server would take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the selector \"{0}\" is malformed")]
pub(crate) struct BadSelector(String);

/// Which objects are wanted, beyond kind, Namespace and name.
#[derive(Debug, Default)]
pub(crate) struct Selector {
    labels: LabelSelector,
    fields: Vec<FieldTerm>,
}

#[derive(Debug, PartialEq, Eq)]
struct FieldTerm {
    path: String,
    value: String,
    equal: bool,
}

#[derive(Deserialize)]
struct Labelled {
    metadata: LabelledMeta,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct LabelledMeta {
    labels: Labels,
}

impl Selector {
    pub(crate) fn parse(labels: Option<&str>, fields: Option<&str>) -> Result<Self, BadSelector> {
        let expressions = labels.map(label_terms).transpose()?.unwrap_or_default();
        Ok(Self {
            labels: LabelSelector {
                match_expressions: expressions.into(),
                ..LabelSelector::default()
            },
            fields: fields.map(field_terms).transpose()?.unwrap_or_default(),
        })
    }

    /// True when the object satisfies both selectors. What cannot be read satisfies none.
    pub(crate) fn matches(&self, json: &[u8]) -> bool {
        self.matches_labels(json) && self.matches_fields(json)
    }

    fn matches_labels(&self, json: &[u8]) -> bool {
        self.labels.is_empty()
            || serde_json::from_slice::<Labelled>(json)
                .is_ok_and(|object| self.labels.matches(&object.metadata.labels))
    }

    fn matches_fields(&self, json: &[u8]) -> bool {
        if self.fields.is_empty() {
            return true;
        }
        let Ok(object) = serde_json::from_slice::<serde_json::Value>(json) else {
            return false;
        };
        self.fields
            .iter()
            .all(|term| (value_at(&object, &term.path) == term.value) == term.equal)
    }
}

/// The value as text; empty when there is none, as the API server has it.
fn value_at(object: &serde_json::Value, path: &str) -> String {
    match path
        .split('.')
        .try_fold(object, |value, key| value.get(key))
    {
        None | Some(serde_json::Value::Null) => String::new(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn field_terms(text: &str) -> Result<Vec<FieldTerm>, BadSelector> {
    let term = |term: &str| {
        let (path, value, equal) = if let Some((path, value)) = term.split_once("!=") {
            (path, value, false)
        } else if let Some((path, value)) = term.split_once("==") {
            (path, value, true)
        } else if let Some((path, value)) = term.split_once('=') {
            (path, value, true)
        } else {
            return Err(BadSelector(text.to_owned()));
        };
        let (path, value) = (path.trim().to_owned(), value.trim().to_owned());
        Ok(FieldTerm { path, value, equal })
    };
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(term)
        .collect()
}

fn label_terms(text: &str) -> Result<Vec<SelectorExpression>, BadSelector> {
    let bad = || BadSelector(text.to_owned());
    let mut terms = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = term_end(rest);
        terms.push(label_term(rest[..end].trim()).ok_or_else(bad)?);
        rest = match rest[end..].strip_prefix(',').map(str::trim) {
            Some("") => return Err(bad()),
            Some(more) => more,
            None => "",
        };
    }
    Ok(terms)
}

/// The first comma outside brackets.
fn term_end(text: &str) -> usize {
    let mut inside = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => inside = true,
            b')' => inside = false,
            b',' if !inside => return at,
            _ => {}
        }
    }
    text.len()
}

fn label_term(term: &str) -> Option<SelectorExpression> {
    if let Some(key) = term.strip_prefix('!') {
        return expression(key, "DoesNotExist", "");
    }
    if let Some(term) = term.strip_suffix(')') {
        let (head, values) = term.split_once('(')?;
        let (key, word) = head.trim_end().rsplit_once(char::is_whitespace)?;
        return match word {
            "in" => expression(key, "In", values),
            "notin" => expression(key, "NotIn", values),
            _ => None,
        };
    }
    let signs = [
        ("!=", "NotIn"),
        ("==", "In"),
        ("=", "In"),
        (">", "Gt"),
        ("<", "Lt"),
    ];
    for (sign, operator) in signs {
        if let Some((key, value)) = term.split_once(sign) {
            return expression(key, operator, value);
        }
    }
    expression(term, "Exists", "")
}

fn expression(key: &str, operator: &str, values: &str) -> Option<SelectorExpression> {
    let key = key.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._/".contains(c);
    if key.is_empty() || !key.chars().all(fits) {
        return None;
    }
    let takes_values = !matches!(operator, "Exists" | "DoesNotExist");
    let values: Vec<Text> = if takes_values {
        values
            .split(',')
            .map(|value| Text::from(value.trim()))
            .collect()
    } else {
        Vec::new()
    };
    if !values.iter().all(|value| value.chars().all(fits)) {
        return None;
    }
    Some(SelectorExpression {
        key: key.into(),
        operator: operator.into(),
        values: values.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const POD: &[u8] = br#"{"metadata":{"name":"a","labels":{"app":"web","tier":"5","a.b/c":""}},
        "spec":{"nodeName":"n1","n":3},"status":{"phase":"Running"}}"#;

    #[track_caller]
    fn check(labels: Option<&str>, fields: Option<&str>, matches: bool) {
        let selector = Selector::parse(labels, fields).unwrap();
        assert_eq!(selector.matches(POD), matches, "{labels:?} {fields:?}");
    }

    #[test]
    fn label_selectors_are_understood() {
        for (labels, matches) in [
            ("", true),
            ("app=web", true),
            ("app == web , tier=5", true),
            ("app!=web", false),
            ("none!=web", true),
            ("app in (db, web),tier", true),
            ("app in (db)", false),
            ("app notin (db,web)", false),
            ("none notin (db)", true),
            ("!app", false),
            ("!none", true),
            ("a.b/c", true),
            ("a.b/c=", true),
            ("tier>4", true),
            ("tier<5", false),
        ] {
            check(Some(labels), None, matches);
        }
        for bad in [
            "app in",
            "app in web)",
            "a=b,",
            "=b",
            "a b",
            "a in (b",
            "a=(b",
        ] {
            assert!(Selector::parse(Some(bad), None).is_err(), "{bad}");
        }
    }

    #[test]
    fn field_selectors_are_paths() {
        for (fields, matches) in [
            ("metadata.name=a", true),
            ("spec.nodeName==n1,status.phase!=Failed", true),
            ("spec.nodeName=n2", false),
            ("spec.none=", true),
            ("spec.n=3", true),
        ] {
            check(None, Some(fields), matches);
        }
        assert!(Selector::parse(None, Some("metadata.name")).is_err());
    }
}
