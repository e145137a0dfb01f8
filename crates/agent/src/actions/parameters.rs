//! Checks and decodes the parameters of a call.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Action, ActionMeta, CallError, Effect};

/// Parameters that every action takes: where the cluster is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Common {
    /// Cloud region.
    pub region: String,
    /// Cluster id at the cloud.
    pub cluster_id: String,
}

/// Taken by every action and not passed on.
const COMMON: &[&str] = &["region", "cluster_id", "ak", "sk", "project_id"];

/// Credentials: accepted for compatibility, never echoed.
const CREDENTIALS: &[&str] = &["ak", "sk"];

/// Parameters of one call.
#[derive(Debug, Clone)]
pub struct Parameters {
    map: Map<String, Value>,
}

impl Parameters {
    /// Wraps the parameters of a call.
    pub fn new(map: Map<String, Value>) -> Self {
        Self { map }
    }

    /// Region and cluster as given.
    pub(super) fn common(&self) -> Common {
        let text = |key: &str| {
            self.map
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        Common {
            region: text("region"),
            cluster_id: text("cluster_id"),
        }
    }

    /// Refuses a call that lacks a required parameter; warns of unknown ones and of credentials.
    pub(super) fn check(&self, action: &dyn Action) -> Result<Vec<String>, CallError> {
        let (meta, schema) = (action.meta(), action.parameters());
        let required = action.place().iter().chain(meta.required);
        let is_empty = |key: &str| match self.map.get(key) {
            None | Some(Value::Null) => true,
            Some(Value::String(text)) => text.is_empty(),
            Some(_) => false,
        };
        let missing: Vec<String> = required
            .filter(|key| is_empty(key))
            .map(|key| (*key).to_owned())
            .collect();
        if !missing.is_empty() {
            return Err(CallError::missing(meta.name, missing));
        }
        let known = schema.get("properties").and_then(Value::as_object);
        let mut warnings = Vec::new();
        for key in self.map.keys() {
            let is_known = known.is_some_and(|known| known.contains_key(key));
            if CREDENTIALS.contains(&&**key) {
                warnings.push(format!(
                    "{key} as a parameter is visible in process lists and shell history"
                ));
            } else if !is_known && !COMMON.contains(&&**key) && meta.effect == Effect::Writes {
                // A misspelt parameter must not change what is done.
                let words = format!("unknown parameter {key}");
                return Err(CallError::unusable(meta.name, words));
            } else if !is_known && !COMMON.contains(&&**key) {
                warnings.push(format!("unknown parameter {key} has no effect"));
            }
        }
        Ok(warnings)
    }

    /// Decodes into the parameters of one action.
    pub(super) fn decode<T: DeserializeOwned>(self, meta: &ActionMeta) -> Result<T, CallError> {
        serde_json::from_value(Value::Object(self.map))
            .map_err(|error| CallError::unusable(meta.name, error.to_string()))
    }
}
