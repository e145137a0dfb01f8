//! Paths of fields as `fieldsV1` writes them: `f:` before a field, `k:` before the key of an entry.

use serde_json::{Map, Value};

use crate::{Kind, wire::Text};

/// Paths kept of one write.
const MAX_PATHS: usize = 12;

/// Parts of a path: deeper fields are told by what they are part of.
const MAX_DEPTH: usize = 8;

/// Longest path.
const MAX_LENGTH: usize = 160;

/// The outer fields that say what is wanted.
const WANTED: &[&str] = &["f:spec", "f:data", "f:binaryData"];

/// Paths of the fields that say what is wanted, sorted, and whether there are more.
pub(super) fn wanted(kind: Kind, fields: &Value) -> (Vec<Text>, bool) {
    let mut found = Found::default();
    for outer in WANTED {
        if let Some(inner) = fields.get(outer) {
            let is_hidden = kind == Kind::Secret;
            let inner = if is_hidden { &Value::Null } else { inner };
            found.descend(outer.trim_start_matches("f:"), inner, 1);
        }
    }
    found.paths.sort();
    found.paths.dedup();
    (found.paths, found.has_more)
}

/// Removes what [`wanted`] does not look at.
pub(super) fn prune(kind: Kind, fields: &mut Value) {
    let Some(map) = fields.as_object_mut() else {
        return;
    };
    map.retain(|name, _| WANTED.contains(&name.as_str()));
    if kind == Kind::Secret {
        map.values_mut()
            .for_each(|inner| *inner = Value::Object(Map::new()));
    }
}

#[derive(Default)]
struct Found {
    paths: Vec<Text>,
    has_more: bool,
}

impl Found {
    fn descend(&mut self, path: &str, fields: &Value, depth: usize) {
        let inner = fields.as_object().into_iter().flatten();
        let mut inner = inner.filter(|(name, _)| *name != ".").peekable();
        if inner.peek().is_none() || depth == MAX_DEPTH {
            return self.keep(path);
        }
        for (name, below) in inner {
            match step(path, name) {
                Some(path) if path.len() <= MAX_LENGTH => self.descend(&path, below, depth + 1),
                _ => self.keep(path),
            }
        }
    }

    fn keep(&mut self, path: &str) {
        let path = Text::from(path);
        if self.paths.contains(&path) {
            return;
        }
        if self.paths.len() < MAX_PATHS {
            self.paths.push(path);
        } else {
            self.has_more = true;
        }
    }
}

/// The path one step further; `None` for entries that are named by nothing but their value.
fn step(path: &str, name: &str) -> Option<String> {
    if let Some(field) = name.strip_prefix("f:") {
        return Some(format!("{path}.{field}"));
    }
    let key: Map<String, Value> = serde_json::from_str(name.strip_prefix("k:")?).ok()?;
    let words: Vec<String> = key
        .values()
        .map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
        .collect();
    Some(format!("{path}[{}]", words.join("/")))
}
