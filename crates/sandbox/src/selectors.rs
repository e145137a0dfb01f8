//! Label selectors, as text in queries and as objects in specs; field selectors below.

mod field;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::fields::{list, map, text};
pub(crate) use field::FieldSelector;

/// One requirement on labels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Absent(String),
    Greater(String, i64),
    Less(String, i64),
}

/// A conjunction of requirements; empty matches everything.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct LabelSelector {
    requirements: Vec<Requirement>,
}

impl LabelSelector {
    /// Parses the query form: `a=b,c in (d,e),!f`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let parts = split_outside_parentheses(text);
        let requirements = parts
            .iter()
            .map(|p| requirement(p))
            .collect::<Result<_, _>>()?;
        Ok(Self { requirements })
    }

    /// Reads the object form: `matchLabels` and `matchExpressions`.
    pub(crate) fn from_spec(spec: &Value) -> Self {
        let mut requirements = Vec::new();
        for (key, value) in map(spec, "/matchLabels").into_iter().flatten() {
            let value = value.as_str().unwrap_or_default().to_owned();
            requirements.push(Requirement::In(key.clone(), vec![value]));
        }
        for expression in list(spec, "/matchExpressions") {
            let key = text(expression, "/key").to_owned();
            let values = list(expression, "/values").iter();
            let values = values
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            requirements.push(match text(expression, "/operator") {
                "NotIn" => Requirement::NotIn(key, values),
                "Exists" => Requirement::Exists(key),
                "DoesNotExist" => Requirement::Absent(key),
                _ => Requirement::In(key, values),
            });
        }
        Self { requirements }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether labels meet every requirement.
    pub(crate) fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.requirements
            .iter()
            .all(|requirement| requirement.matches(labels))
    }
}

impl Requirement {
    fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        let number = |key: &str| labels.get(key).and_then(|v| v.parse::<i64>().ok());
        match self {
            Self::In(key, values) => labels.get(key).is_some_and(|v| values.contains(v)),
            Self::NotIn(key, values) => labels.get(key).is_none_or(|v| !values.contains(v)),
            Self::Exists(key) => labels.contains_key(key),
            Self::Absent(key) => !labels.contains_key(key),
            Self::Greater(key, bound) => number(key).is_some_and(|v| v > *bound),
            Self::Less(key, bound) => number(key).is_some_and(|v| v < *bound),
        }
    }
}

impl std::fmt::Display for LabelSelector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<String> = self.requirements.iter().map(ToString::to_string).collect();
        f.write_str(&parts.join(","))
    }
}

impl std::fmt::Display for Requirement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::In(key, values) if values.len() == 1 => write!(f, "{key}={}", values[0]),
            Self::In(key, values) => write!(f, "{key} in ({})", values.join(",")),
            Self::NotIn(key, values) => write!(f, "{key} notin ({})", values.join(",")),
            Self::Exists(key) => f.write_str(key),
            Self::Absent(key) => write!(f, "!{key}"),
            Self::Greater(key, bound) => write!(f, "{key}>{bound}"),
            Self::Less(key, bound) => write!(f, "{key}<{bound}"),
        }
    }
}

fn split_outside_parentheses(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth) = (Vec::new(), String::new(), 0_u32);
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(c);
    }
    parts.push(part);
    parts.retain(|p| !p.trim().is_empty());
    parts
}

fn key(text: &str) -> Result<String, String> {
    let key = text.trim();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if key.is_empty() || !key.chars().all(allowed) {
        return Err(format!(
            "unable to parse requirement: invalid label key {key:?}"
        ));
    }
    Ok(key.to_owned())
}

fn set(text: &str) -> Result<Vec<String>, String> {
    let inner = text
        .trim()
        .strip_prefix('(')
        .and_then(|t| t.strip_suffix(')'));
    let inner = inner.ok_or_else(|| format!("unable to parse requirement: found {text:?}"))?;
    Ok(inner.split(',').map(|v| v.trim().to_owned()).collect())
}

fn requirement(text: &str) -> Result<Requirement, String> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('!') {
        return Ok(Requirement::Absent(key(rest)?));
    }
    if let Some((left, right)) = text.split_once(" notin ").or(text.split_once(" notin(")) {
        let right = if right.starts_with('(') {
            right.to_owned()
        } else {
            format!("({right}")
        };
        return Ok(Requirement::NotIn(key(left)?, set(&right)?));
    }
    if let Some((left, right)) = text.split_once(" in ").or(text.split_once(" in(")) {
        let right = right.trim();
        let right = if right.starts_with('(') {
            right.to_owned()
        } else {
            format!("({right}")
        };
        return Ok(Requirement::In(key(left)?, set(&right)?));
    }
    if let Some((left, right)) = text.split_once("!=") {
        return Ok(Requirement::NotIn(
            key(left)?,
            vec![right.trim().to_owned()],
        ));
    }
    if let Some((left, right)) = text.split_once("==").or(text.split_once('=')) {
        return Ok(Requirement::In(key(left)?, vec![right.trim().to_owned()]));
    }
    let bound = |right: &str| {
        let parsed = right.trim().parse::<i64>();
        parsed
            .map_err(|_| format!("for 'Gt', 'Lt' operators, the value must be an integer: {right}"))
    };
    if let Some((left, right)) = text.split_once('>') {
        return Ok(Requirement::Greater(key(left)?, bound(right)?));
    }
    if let Some((left, right)) = text.split_once('<') {
        return Ok(Requirement::Less(key(left)?, bound(right)?));
    }
    Ok(Requirement::Exists(key(text)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(selector: &str, labels: &[(&str, &str)], expected: bool) {
        let labels = labels
            .iter()
            .map(|&(k, v)| (k.to_owned(), v.to_owned()))
            .collect();
        let parsed = LabelSelector::parse(selector).unwrap();
        assert_eq!(
            parsed.matches(&labels),
            expected,
            "{selector} on {labels:?}"
        );
    }

    #[test]
    fn label_operators() {
        let labels = [("app", "web"), ("tier", "front"), ("size", "7")];
        check("", &labels, true);
        check("app=web", &labels, true);
        check("app==web,tier=front", &labels, true);
        check("app=web,tier=back", &labels, false);
        check("app!=db", &labels, true);
        check("zone!=a", &labels, true);
        check("app in (db, web)", &labels, true);
        check("app in(db)", &labels, false);
        check("app notin (db,web)", &labels, false);
        check("zone notin (a)", &labels, true);
        check("app", &labels, true);
        check("zone", &labels, false);
        check("!zone", &labels, true);
        check("!app", &labels, false);
        check("size>6,size<8", &labels, true);
        check("size>7", &labels, false);
        check("kubernetes.io/os=linux", &labels, false);
    }

    #[test]
    fn bad_label_selectors_are_refused() {
        for bad in ["a b", "a in b", "a>x", "=b"] {
            assert!(LabelSelector::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn object_form_and_text_form_agree() {
        let spec = json!({"matchLabels": {"app": "web"}, "matchExpressions": [
            {"key": "tier", "operator": "In", "values": ["a", "b"]},
            {"key": "old", "operator": "DoesNotExist"}]});
        assert_eq!(
            LabelSelector::from_spec(&spec).to_string(),
            "app=web,tier in (a,b),!old"
        );
    }
}
