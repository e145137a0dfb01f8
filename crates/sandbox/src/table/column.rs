//! Column definitions, those of custom resources included.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::cells::since;
use crate::kinds::PrinterColumn;

/// One column of a built-in kind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    name: &'static str,
    kind: &'static str,
    priority: u8,
}

impl Column {
    /// The column with the object's name.
    pub(super) const fn name() -> Self {
        Self::text("Name")
    }

    /// A text column.
    pub(super) const fn text(name: &'static str) -> Self {
        Self {
            name,
            kind: "string",
            priority: 0,
        }
    }

    /// A column of whole numbers.
    pub(super) const fn int(name: &'static str) -> Self {
        Self {
            name,
            kind: "integer",
            priority: 0,
        }
    }

    /// A column of booleans.
    pub(super) const fn flag(name: &'static str) -> Self {
        Self {
            name,
            kind: "boolean",
            priority: 0,
        }
    }

    /// A text column that only `-o wide` shows.
    pub(super) const fn wide(name: &'static str) -> Self {
        Self {
            name,
            kind: "string",
            priority: 1,
        }
    }

    /// The `TableColumnDefinition`.
    pub(super) fn definition(&self) -> Value {
        let format = if self.name == "Name" { "name" } else { "" };
        json!({"name": self.name, "type": self.kind, "format": format, "description": self.name,
            "priority": self.priority})
    }
}

/// The `TableColumnDefinition` of a printer column.
pub(super) fn custom_definition(column: &PrinterColumn) -> Value {
    json!({"name": column.name, "type": column.kind, "format": "", "description": column.name,
        "priority": column.priority})
}

/// The cell of a printer column.
pub(super) fn custom_cell(column: &PrinterColumn, object: &Value, now: Timestamp) -> Value {
    let Some(found) = json_path(object, &column.path) else {
        return Value::Null;
    };
    match (column.kind.as_str(), found) {
        ("date", Value::String(at)) => json!(since(at, now)),
        ("string", Value::String(_)) | (_, Value::Number(_) | Value::Bool(_)) => found.clone(),
        ("string", Value::Null) => Value::Null,
        (_, other) => match other {
            Value::String(text) => json!(text),
            _ => json!(other.to_string()),
        },
    }
}

/// Follows the part of JSONPath that printer columns use: `.a.b`, `[0]`, `['k']`, `[*]` and
/// `[?(@.k=="v")]`; the first match counts.
fn json_path<'a>(object: &'a Value, path: &str) -> Option<&'a Value> {
    let mut value = object;
    let mut rest = path.trim_start_matches('$');
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (index, after) = inner.split_once(']')?;
            value = indexed(value, index)?;
            rest = after;
        } else {
            let step = rest.strip_prefix('.').unwrap_or(rest);
            let end = step.find(['.', '[']).unwrap_or(step.len());
            if end == 0 && step.is_empty() {
                return None;
            }
            // A backslash keeps a dot inside a key, as in annotation names.
            let (key, end) = escaped_key(step, end);
            value = value.get(&key)?;
            rest = &step[end..];
        }
    }
    Some(value)
}

fn escaped_key(step: &str, mut end: usize) -> (String, usize) {
    while end < step.len() && step[..end].ends_with('\\') {
        let next = step[end + 1..].find(['.', '[']);
        end = next.map_or(step.len(), |offset| end + 1 + offset);
    }
    (step[..end].replace('\\', ""), end)
}

fn indexed<'a>(value: &'a Value, index: &str) -> Option<&'a Value> {
    let unquote = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
    if let Some(filter) = index.strip_prefix("?(@.").and_then(|f| f.strip_suffix(')')) {
        let (key, wanted) = filter.split_once("==")?;
        let (key, wanted) = (key.trim(), unquote(wanted));
        let mut items = value.as_array()?.iter();
        return items.find(|item| item.get(key).and_then(Value::as_str) == Some(wanted.as_str()));
    }
    if index == "*" {
        return value.get(0);
    }
    match index.parse::<usize>() {
        Ok(position) => value.get(position),
        Err(_) => value.get(unquote(index)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printer_columns_follow_their_path() {
        let object = json!({"spec": {"size": 3, "list": ["x", "y"]}, "status": {"conditions": [
            {"type": "Synced", "status": "False"}, {"type": "Ready", "status": "True"}]},
            "metadata": {"annotations": {"example.org/a": "b"}}});
        for (path, expected) in [
            (".spec.size", Some(json!(3))),
            (".spec.list[1]", Some(json!("y"))),
            (".spec.list[*]", Some(json!("x"))),
            (
                ".status.conditions[?(@.type==\"Ready\")].status",
                Some(json!("True")),
            ),
            (".metadata.annotations.example\\.org/a", Some(json!("b"))),
            (".metadata.annotations['example\\.org/a']", None),
            (".spec.nothing", None),
            (".", None),
        ] {
            assert_eq!(json_path(&object, path).cloned(), expected, "{path}");
        }
    }
}
