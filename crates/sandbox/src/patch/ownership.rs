//! Field paths and the managers that own them, as `metadata.managedFields` records them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::lists::{Strategy, item_key, strategy};
use crate::fields::{list, object_mut, text};
use crate::kinds::Kind;

/// Steps from the root, in the notation of `FieldsV1`: `f:name`, `k:{"name":"a"}`, `v:"x"`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Path(Vec<String>);

/// A set of leaf paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Paths(BTreeSet<Path>);

/// Metadata that is never owned.
const SYSTEM: [&str; 9] = [
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "managedFields",
    "selfLink",
    "generateName",
];

impl Path {
    /// The value at this path.
    fn find<'a>(&self, root: &'a Value) -> Option<&'a Value> {
        self.0
            .iter()
            .try_fold(root, |value, step| match step.split_once(':') {
                Some(("f", field)) => value.get(field),
                Some(("k", key)) => value.as_array()?.iter().find(|item| has_key(item, key)),
                Some(("v", wanted)) => value
                    .as_array()?
                    .iter()
                    .find(|item| is_scalar(item, wanted)),
                _ => Some(value),
            })
    }

    /// Removes the value at this path, and the item for a path that ends at an item.
    pub(super) fn remove_from(&self, root: &mut Value) {
        let steps: Vec<&String> = self.0.iter().filter(|step| *step != ".").collect();
        let Some((last, parents)) = steps.split_last() else {
            return;
        };
        let mut value = root;
        for step in parents {
            let next = match step.split_once(':') {
                Some(("f", field)) => value.get_mut(field),
                Some(("k", key)) => value
                    .as_array_mut()
                    .and_then(|items| items.iter_mut().find(|item| has_key(item, key))),
                _ => None,
            };
            let Some(next) = next else { return };
            value = next;
        }
        match (last.split_once(':'), value) {
            (Some(("f", field)), Value::Object(map)) => drop(map.remove(field)),
            (Some(("k", key)), Value::Array(items)) => items.retain(|item| !has_key(item, key)),
            (Some(("v", gone)), Value::Array(items)) => {
                items.retain(|item| !is_scalar(item, gone));
            }
            _ => {}
        }
    }

    /// The notation of conflict messages: `.spec.containers[name="a"].image`.
    fn display(&self) -> String {
        let step = |step: &String| match step.split_once(':') {
            Some(("f", field)) => format!(".{field}"),
            Some(("k", key)) => {
                let fields: Map<String, Value> = serde_json::from_str(key).unwrap_or_default();
                let fields = fields.iter().map(|(name, value)| format!("{name}={value}"));
                format!("[{}]", fields.collect::<Vec<_>>().join(","))
            }
            _ => String::new(),
        };
        self.0.iter().map(step).collect()
    }
}

/// Whether an item is the scalar of a `v:` step.
fn is_scalar(item: &Value, json: &str) -> bool {
    serde_json::from_str::<Value>(json).is_ok_and(|wanted| wanted == *item)
}

/// Whether an item has the identifying fields of a `k:` step; protocols default to TCP.
fn has_key(item: &Value, key: &str) -> bool {
    let fields: Map<String, Value> = serde_json::from_str(key).unwrap_or_default();
    fields.iter().all(|(name, wanted)| match item.get(name) {
        Some(found) => found == wanted,
        None => name == "protocol" && wanted == "TCP",
    })
}

impl Paths {
    /// The leaves of an applied configuration.
    pub(super) fn of(kind: &Kind, configuration: &Value) -> Self {
        let mut paths = Self::default();
        for (field, value) in configuration.as_object().into_iter().flatten() {
            if matches!(field.as_str(), "apiVersion" | "kind" | "status") {
                continue;
            }
            for (inner, value) in value.as_object().into_iter().flatten() {
                if field == "metadata" && SYSTEM.contains(&inner.as_str()) {
                    continue;
                }
                paths.walk(
                    kind,
                    vec![format!("f:{field}"), format!("f:{inner}")],
                    value,
                );
            }
            if !value.is_object() {
                paths.0.insert(Path(vec![format!("f:{field}")]));
            }
        }
        paths
    }

    fn walk(&mut self, kind: &Kind, at: Vec<String>, value: &Value) {
        let field = at
            .last()
            .and_then(|step| step.strip_prefix("f:"))
            .unwrap_or_default();
        let below = |step: String| [at.clone(), vec![step]].concat();
        match value {
            Value::Object(map) if !map.is_empty() => {
                for (key, value) in map {
                    self.walk(kind, below(format!("f:{key}")), value);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                match strategy(kind, field, items.first()) {
                    Strategy::By(key) => {
                        for item in items {
                            let Some(fields) = item_key(key, item) else {
                                continue;
                            };
                            let at = below(format!("k:{}", Value::Object(fields)));
                            self.0
                                .insert(Path([at.clone(), vec![".".to_owned()]].concat()));
                            self.walk(kind, at, item);
                        }
                    }
                    Strategy::Set => {
                        for item in items {
                            self.0.insert(Path(below(format!("v:{item}"))));
                        }
                    }
                    Strategy::Replace => drop(self.0.insert(Path(at))),
                }
            }
            _ => drop(self.0.insert(Path(at))),
        }
    }

    fn from_tree(tree: &Value) -> Self {
        fn collect(at: &[String], tree: &Value, out: &mut BTreeSet<Path>) {
            let children = tree.as_object().filter(|map| !map.is_empty());
            match children {
                Some(children) => {
                    for (step, child) in children {
                        collect(&[at, std::slice::from_ref(step)].concat(), child, out);
                    }
                }
                None if !at.is_empty() => drop(out.insert(Path(at.to_vec()))),
                None => {}
            }
        }
        let mut paths = Self::default();
        collect(&[], tree, &mut paths.0);
        paths
    }

    fn tree(&self) -> Value {
        let mut root = json!({});
        for path in &self.0 {
            let mut at = &mut root;
            for step in &path.0 {
                at = &mut at[step.as_str()];
                if at.is_null() {
                    *at = json!({});
                }
            }
        }
        root
    }
}

/// The owners of fields: those that apply, and those that update.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Owners {
    appliers: BTreeMap<String, Paths>,
    /// Entries of other operations, with their paths.
    others: Vec<(Value, Paths)>,
}

impl Owners {
    /// Reads `metadata.managedFields`.
    pub(super) fn read(object: &Value) -> Self {
        let mut owners = Self::default();
        for entry in list(object, "/metadata/managedFields")
            .iter()
            .filter(|e| e.is_object())
        {
            let paths = Paths::from_tree(&entry["fieldsV1"]);
            if text(entry, "/operation") == "Apply" && text(entry, "/subresource").is_empty() {
                owners
                    .appliers
                    .insert(text(entry, "/manager").to_owned(), paths);
            } else {
                owners.others.push((entry.clone(), paths));
            }
        }
        owners
    }

    /// Writes `metadata.managedFields`.
    pub(super) fn write(&self, object: &mut Value, api_version: &str, now: &str) {
        let appliers = self.appliers.iter().map(|(manager, paths)| {
            json!({"manager": manager, "operation": "Apply", "apiVersion": api_version,
                "time": now, "fieldsType": "FieldsV1", "fieldsV1": paths.tree()})
        });
        let others = self.others.iter().filter(|(_, paths)| !paths.0.is_empty());
        let others = others.map(|(entry, paths)| {
            let mut entry = entry.clone();
            entry["fieldsV1"] = paths.tree();
            entry
        });
        let entries: Vec<Value> = appliers.chain(others).collect();
        object_mut(object, "metadata").insert("managedFields".to_owned(), Value::Array(entries));
    }

    pub(super) fn set(&mut self, manager: &str, paths: Paths) {
        self.appliers.insert(manager.to_owned(), paths);
    }

    fn rivals<'a>(&'a self, manager: &'a str) -> impl Iterator<Item = (&'a str, &'a Paths)> {
        let appliers = self
            .appliers
            .iter()
            .filter(move |(name, _)| name.as_str() != manager);
        let others = self
            .others
            .iter()
            .map(|(entry, paths)| (text(entry, "/manager"), paths));
        appliers
            .map(|(name, paths)| (name.as_str(), paths))
            .chain(others)
    }

    /// Fields that `manager` would change although another manager owns them: `(owner, path)`.
    pub(super) fn conflicts(
        &self,
        manager: &str,
        applied: &Paths,
        current: &Value,
        wanted: &Value,
    ) -> Vec<(String, String)> {
        let mut conflicts = BTreeSet::new();
        for (rival, owned) in self.rivals(manager) {
            for path in applied
                .0
                .intersection(&owned.0)
                .filter(|path| !path.is_marker())
            {
                if path.find(current) != path.find(wanted) {
                    conflicts.insert((rival.to_owned(), path.display()));
                }
            }
        }
        conflicts.into_iter().collect()
    }

    /// Takes the conflicting fields away from their owners.
    pub(super) fn take_away(&mut self, manager: &str, conflicts: &[(String, String)]) {
        let lost = |path: &Path| conflicts.iter().any(|(_, shown)| *shown == path.display());
        for (name, paths) in &mut self.appliers {
            if name != manager {
                paths.0.retain(|path| path.is_marker() || !lost(path));
            }
        }
        for (_, paths) in &mut self.others {
            paths.0.retain(|path| path.is_marker() || !lost(path));
        }
    }

    /// What `manager` applied before, applies no longer, and nobody else owns.
    pub(super) fn abandoned(&self, manager: &str, applied: &Paths) -> Vec<Path> {
        let Some(before) = self.appliers.get(manager) else {
            return Vec::new();
        };
        let gone = before.0.difference(&applied.0);
        let alone = gone.filter(|path| !self.rivals(manager).any(|(_, p)| p.0.contains(path)));
        alone.cloned().collect()
    }
}

impl Path {
    /// Whether the path marks the existence of a list item.
    fn is_marker(&self) -> bool {
        self.0.last().is_some_and(|step| step == ".")
    }
}
