//! Objects of CustomResourceDefinitions: conditions, and the few fields that some check reads.

mod paths;

use serde::{Deserialize, de::Error as _};
use serde_json::{Map, Value};

use super::{Condition, Meta};
use crate::{Kind, wire::Text};

/// Fields kept of one object.
const MAX_FIELDS: usize = 160;

/// Fields after which no more entries of lists are kept: a list may be of any length, and what comes
/// behind it must not be lost.
const MAX_LISTED: usize = 128;

/// Bytes kept of one value.
const MAX_VALUE: usize = 512;

/// Conditions kept of one object.
const MAX_CONDITIONS: usize = 48;

/// Where conditions stand, the newest API first. Gateways and routes have them per listener and
/// parent.
const CONDITIONS: &[&str] = &[
    "/status/conditions",
    "/status/v1beta2/conditions",
    "/status/deprecated/v1beta1/conditions",
];

/// Lists whose entries have conditions of their own.
const NESTED_CONDITIONS: &[&str] = &["/status/parents", "/status/listeners"];

/// Removes from the JSON of an object of a custom kind everything that is not decoded: charts carry
/// passwords in their values, and nobody should hand them around.
pub fn prune_custom(kind: Kind, object: &mut Map<String, Value>) {
    object.retain(|key, value| match key.as_str() {
        "apiVersion" | "kind" | "metadata" => true,
        _ => prune(kind, &mut key.clone(), value),
    });
}

/// False when nothing of the value is kept.
fn prune(kind: Kind, path: &mut String, value: &mut Value) -> bool {
    if is_conditions(path) || path == "status.observedGeneration" {
        return true;
    }
    let length = path.len();
    let mut survives = |name: &str, child: &mut Value| {
        path.push('.');
        path.push_str(name);
        let survives = prune(kind, path, child);
        path.truncate(length);
        survives
    };
    match value {
        Value::Object(map) => {
            map.retain(|name, child| survives(name, child));
            !map.is_empty()
        }
        // Entries of a list keep their numbers, which are part of their paths.
        Value::Array(list) => {
            let kept = list.iter_mut().enumerate().fold(0, |kept, (at, child)| {
                if survives(&at.to_string(), child) {
                    kept + 1
                } else {
                    *child = Value::Null;
                    kept
                }
            });
            kept > 0
        }
        _ => paths::is_kept(kind, path),
    }
}

fn is_conditions(path: &str) -> bool {
    let parts: Vec<&str> = path.split('.').collect();
    matches!(
        parts.as_slice(),
        ["status", "conditions"]
            | ["status", "v1beta2", "conditions"]
            | ["status", "deprecated", "v1beta1", "conditions"]
            | ["status", "parents" | "listeners", _, "conditions"]
    )
}

/// One object of a custom kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomObject {
    /// Its kind, in the version in which it was read.
    pub kind: Kind,
    /// Metadata.
    pub meta: Meta,
    /// The generation that its controller has seen; `None` when it does not say.
    pub observed_generation: Option<i64>,
    /// Conditions; of one type the newest API's.
    pub conditions: Vec<Condition>,
    /// Kept fields by path, sorted.
    fields: Vec<(Text, Text)>,
}

impl CustomObject {
    /// Decodes an object of a custom kind.
    ///
    /// # Errors
    /// When the JSON is no Kubernetes object.
    pub(super) fn decode(kind: Kind, json: &[u8]) -> Result<Self, serde_json::Error> {
        let value: Value = serde_json::from_slice(json)?;
        let meta = value.get("metadata").ok_or_else(|| {
            serde_json::Error::custom("an object without metadata is none of Kubernetes")
        })?;
        let mut fields = Vec::new();
        keep(&value, kind, &mut String::new(), &mut fields);
        fields.sort();
        Ok(Self {
            kind,
            meta: Meta::deserialize(meta)?,
            observed_generation: value
                .pointer("/status/observedGeneration")
                .and_then(Value::as_i64),
            conditions: conditions(&value),
            fields,
        })
    }

    /// True for the custom kind `name` of the group.
    pub fn is(&self, group: &str, name: &str) -> bool {
        self.kind.is_custom(group, name)
    }

    /// The condition of one type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        super::find_condition(&self.conditions, kind)
    }

    /// The value at a path such as `spec.clusterRef.name` or `spec.rules.0.name`; `None` when it
    /// is absent or no check reads it.
    pub fn field(&self, path: &str) -> Option<&str> {
        let at = self
            .fields
            .binary_search_by(|(known, _)| (**known).cmp(path))
            .ok()?;
        Some(&self.fields[at].1)
    }

    /// The number at a path.
    pub fn number(&self, path: &str) -> Option<i64> {
        self.field(path)?.parse().ok()
    }

    /// True when the value at a path is `true`.
    pub fn flag(&self, path: &str) -> bool {
        self.field(path) == Some("true")
    }

    /// Paths and values below a path, in the order of their paths.
    pub fn fields_under<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + 'a {
        let below = move |path: &str| {
            path.strip_prefix(prefix)
                .is_some_and(|rest| rest.starts_with('.'))
        };
        self.fields
            .iter()
            .filter(move |(path, _)| below(path))
            .map(|(path, value)| (&**path, &**value))
    }
}

fn keep(value: &Value, kind: Kind, path: &mut String, fields: &mut Vec<(Text, Text)>) {
    if fields.len() >= MAX_FIELDS || !(path.is_empty() || paths::leads_on(kind, path)) {
        return;
    }
    let text = match value {
        Value::Object(map) => {
            return map
                .iter()
                .for_each(|(name, child)| keep_below(name, child, kind, path, fields));
        }
        Value::Array(list) => {
            for (at, child) in list.iter().enumerate() {
                if fields.len() >= MAX_LISTED {
                    return;
                }
                keep_below(&at.to_string(), child, kind, path, fields);
            }
            return;
        }
        Value::String(text) => clip(text).to_owned(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        Value::Null => return,
    };
    if paths::is_kept(kind, path) {
        fields.push((path.as_str().into(), text.as_str().into()));
    }
}

fn keep_below(
    name: &str,
    child: &Value,
    kind: Kind,
    path: &mut String,
    fields: &mut Vec<(Text, Text)>,
) {
    let length = path.len();
    if length > 0 {
        path.push('.');
    }
    path.push_str(name);
    keep(child, kind, path, fields);
    path.truncate(length);
}

fn clip(text: &str) -> &str {
    let end = text.floor_char_boundary(MAX_VALUE);
    &text[..end]
}

fn conditions(value: &Value) -> Vec<Condition> {
    let mut kept: Vec<Condition> = Vec::new();
    let mut add = |list: &Value, unique: bool| {
        for condition in list.as_array().into_iter().flatten() {
            let Ok(condition) = Condition::deserialize(condition) else {
                continue;
            };
            let is_known = kept.iter().any(|known| known.kind == condition.kind);
            if kept.len() < MAX_CONDITIONS && !(unique && is_known) && !kept.contains(&condition) {
                kept.push(condition);
            }
        }
    };
    for place in CONDITIONS {
        if let Some(list) = value.pointer(place) {
            add(list, true);
        }
    }
    for place in NESTED_CONDITIONS {
        let entries = value.pointer(place).and_then(Value::as_array);
        for entry in entries.into_iter().flatten() {
            if let Some(list) = entry.get("conditions") {
                add(list, false);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(json: &str) -> CustomObject {
        let kind = Kind::of("addons.cluster.x-k8s.io/v1alpha1", "HelmReleaseProxy").unwrap();
        CustomObject::decode(kind, json.as_bytes()).unwrap()
    }

    #[test]
    fn known_fields_are_kept_and_values_of_charts_are_not() {
        let proxy = decode(
            r#"{"metadata":{"name":"a","generation":4},
               "spec":{"clusterRef":{"name":"w1","namespace":"caapi"},"releaseName":"cilium",
                       "values":"password: open"},
               "status":{"status":"failed","revision":3,"observedGeneration":3,
                 "conditions":[{"type":"Ready","status":"False","reason":"X"}]}}"#,
        );
        assert_eq!(proxy.field("spec.clusterRef.name"), Some("w1"));
        assert_eq!(proxy.number("status.revision"), Some(3));
        assert_eq!(proxy.observed_generation, Some(3));
        assert_eq!(proxy.field("spec.values"), None);
        assert_eq!(proxy.condition("Ready").unwrap().reason, "X");
        let under: Vec<_> = proxy.fields_under("spec.clusterRef").collect();
        assert_eq!(under.len(), 2);
    }

    #[test]
    fn what_stands_behind_a_long_list_is_kept() {
        let resource = r#"{"kind":"Service","name":"a","namespace":"b","status":"Synced"}"#;
        let json = format!(
            r#"{{"metadata":{{"name":"a"}},"status":{{"resources":[{}],"sync":{{"status":"OutOfSync"}}}}}}"#,
            [resource; 100].join(",")
        );
        let kind = Kind::of("argoproj.io/v1alpha1", "Application").unwrap();
        let application = CustomObject::decode(kind, json.as_bytes()).unwrap();
        assert_eq!(application.field("status.sync.status"), Some("OutOfSync"));
        assert!(application.field("status.resources.0.name").is_some());
        assert!(application.fields_under("status.resources").count() < MAX_FIELDS);
    }

    #[test]
    fn conditions_of_the_newest_api_win() {
        let proxy = decode(
            r#"{"metadata":{"name":"a"},"status":{
               "conditions":[{"type":"Ready","status":"True"}],
               "v1beta2":{"conditions":[{"type":"Ready","status":"False"},{"type":"Available","status":"True"}]},
               "deprecated":{"v1beta1":{"conditions":[{"type":"Old","status":"True"}]}}}}"#,
        );
        let types: Vec<_> = proxy
            .conditions
            .iter()
            .map(|c| (&*c.kind, &*c.status))
            .collect();
        assert_eq!(
            types,
            [("Ready", "True"), ("Available", "True"), ("Old", "True")]
        );
    }

    #[test]
    fn what_is_pruned_decodes_to_the_same_object() {
        let kind = Kind::of("addons.cluster.x-k8s.io/v1alpha1", "HelmReleaseProxy").unwrap();
        let whole = r#"{"kind":"HelmReleaseProxy","metadata":{"name":"a"},
            "spec":{"clusterRef":{"name":"w1","kind":"Cluster"},"values":"password: open"},
            "status":{"revision":3,"observedGeneration":2,"secret":"open",
              "conditions":[{"type":"Ready","status":"False"}]}}"#;
        let mut pruned: Map<String, Value> = serde_json::from_str(whole).unwrap();
        prune_custom(kind, &mut pruned);
        let pruned = serde_json::to_string(&pruned).unwrap();
        assert!(!pruned.contains("open"), "{pruned}");
        let decoded = CustomObject::decode(kind, pruned.as_bytes()).unwrap();
        assert_eq!(
            decoded,
            CustomObject::decode(kind, whole.as_bytes()).unwrap()
        );
    }

    #[test]
    fn what_is_no_object_is_refused() {
        let kind = Kind::of("example.org/v1", "Widget").unwrap();
        assert!(CustomObject::decode(kind, b"[]").is_err());
    }
}
