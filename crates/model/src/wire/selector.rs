//! Label selectors.

use core::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{Labels, List, Text};

/// A label selector. One that is empty selects everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelector {
    /// Every label must be there with this value.
    pub match_labels: Labels,
    /// Every expression must hold.
    pub match_expressions: List<SelectorExpression>,
}

/// One expression of a selector.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct SelectorExpression {
    /// Label key.
    pub key: Text,
    /// `In`, `NotIn`, `Exists`, `DoesNotExist`; `Gt` and `Lt` for nodes.
    pub operator: Text,
    /// Values for the operators that take some.
    pub values: List<Text>,
}

impl LabelSelector {
    /// True when nothing is demanded.
    pub fn is_empty(&self) -> bool {
        self.match_labels.is_empty() && self.match_expressions.is_empty()
    }

    /// True when the labels satisfy the selector.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.match_labels
            .iter()
            .all(|(key, value)| labels.get(key) == Some(value))
            && self
                .match_expressions
                .iter()
                .all(|expression| expression.matches(labels))
    }

    /// The selector as the API server and kubectl write it.
    pub fn query(&self) -> String {
        let mut out = String::new();
        for (key, value) in self.match_labels.iter() {
            push_term(&mut out, &format!("{key}={value}"));
        }
        for expression in &self.match_expressions {
            push_term(&mut out, &expression.query());
        }
        out
    }
}

fn push_term(out: &mut String, term: &str) {
    if !out.is_empty() {
        out.push(',');
    }
    out.push_str(term);
}

impl SelectorExpression {
    /// True when the labels satisfy the expression. An unknown operator matches nothing.
    pub fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        let listed = |value: &str| self.values.iter().any(|known| known == value);
        match &*self.operator {
            "In" => value.is_some_and(listed),
            "NotIn" => !value.is_some_and(listed),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            "Gt" => self.compare(value).is_some_and(|(have, want)| have > want),
            "Lt" => self.compare(value).is_some_and(|(have, want)| have < want),
            _ => false,
        }
    }

    fn compare(&self, value: Option<&str>) -> Option<(i64, i64)> {
        Some((value?.parse().ok()?, self.values.first()?.parse().ok()?))
    }

    /// The expression in the API server's syntax.
    pub fn query(&self) -> String {
        let values = || {
            let mut out = String::new();
            for (index, value) in self.values.iter().enumerate() {
                // Writing to a String cannot fail.
                write!(out, "{}{value}", if index > 0 { "," } else { "" }).expect("infallible");
            }
            out
        };
        match &*self.operator {
            "In" => format!("{} in ({})", self.key, values()),
            "NotIn" => format!("{} notin ({})", self.key, values()),
            "DoesNotExist" => format!("!{}", self.key),
            _ => self.key.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_follow_the_api_server() {
        let selector: LabelSelector = serde_json::from_str(
            r#"{"matchLabels":{"app":"api"},"matchExpressions":[
                {"key":"tier","operator":"NotIn","values":["dev","test"]},
                {"key":"zone","operator":"Exists"}]}"#,
        )
        .unwrap();
        let labels = |json: &str| serde_json::from_str::<Labels>(json).unwrap();
        assert!(selector.matches(&labels(r#"{"app":"api","zone":"a"}"#)));
        assert!(!selector.matches(&labels(r#"{"app":"api","zone":"a","tier":"dev"}"#)));
        assert!(!selector.matches(&labels(r#"{"app":"api"}"#)));
        assert_eq!(selector.query(), "app=api,tier notin (dev,test),zone");
    }
}
