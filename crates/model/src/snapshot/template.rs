//! Pod templates and their exact comparison.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Value, value::RawValue};

use super::PodSpec;
use crate::wire::{Labels, Quantity};

/// A Pod template: the lean fields, and a fingerprint of all of them.
///
/// Two templates have the same fingerprint when the Deployment controller would call them equal:
/// the label `pod-template-hash` is left out, empty and absent are the same, and quantities compare
/// by value. The fingerprint covers fields that are not kept (such as values of environment
/// variables); it lives in memory only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    /// Labels of the Pods.
    pub labels: Labels,
    /// Spec of the Pods.
    pub spec: PodSpec,
    /// Equal exactly for equal templates; 0 when there is no template.
    pub fingerprint: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TemplateWire {
    metadata: TemplateMeta,
    spec: PodSpec,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TemplateMeta {
    labels: Labels,
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Some(raw) = Option::<Box<RawValue>>::deserialize(deserializer)? else {
            return Ok(Self::default());
        };
        let wire: TemplateWire = serde_json::from_str(raw.get()).map_err(D::Error::custom)?;
        let value: Value = serde_json::from_str(raw.get()).map_err(D::Error::custom)?;
        Ok(Self {
            labels: wire.metadata.labels,
            spec: wire.spec,
            fingerprint: fingerprint(&value),
        })
    }
}

impl Template {
    /// The template that stands inside other JSON. What has not its shape keeps its fingerprint only.
    pub(super) fn of_value(value: &Value) -> Self {
        serde_json::from_str(&value.to_string()).unwrap_or_else(|_| Self {
            fingerprint: fingerprint(value),
            ..Self::default()
        })
    }
}

/// The fingerprint of a template given as JSON.
fn fingerprint(template: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash_value(template, "", &mut hasher);
    hasher.finish()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.values().all(is_empty),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Hashes a value in a form in which equal templates are equal.
fn hash_value(value: &Value, parent: &str, hasher: &mut DefaultHasher) {
    match value {
        Value::Object(map) => hash_object(map, parent, hasher),
        Value::Array(items) => {
            (2_u8, items.len()).hash(hasher);
            for item in items {
                hash_value(item, "", hasher);
            }
        }
        Value::String(text) if is_quantity_field(parent) => match text.parse::<Quantity>() {
            Ok(quantity) => (3_u8, quantity.milli()).hash(hasher),
            Err(_) => (4_u8, text).hash(hasher),
        },
        // Hand-written quantities may be plain numbers; as JSON text they hash like the string.
        Value::Number(number) if is_quantity_field(parent) => {
            match number.to_string().parse::<Quantity>() {
                Ok(quantity) => (3_u8, quantity.milli()).hash(hasher),
                Err(_) => (4_u8, number.to_string()).hash(hasher),
            }
        }
        Value::String(text) => (5_u8, text).hash(hasher),
        Value::Number(number) => (6_u8, number.to_string()).hash(hasher),
        Value::Bool(flag) => (7_u8, flag).hash(hasher),
        Value::Null => 8_u8.hash(hasher),
    }
}

fn hash_object(map: &serde_json::Map<String, Value>, parent: &str, hasher: &mut DefaultHasher) {
    let mut keys: Vec<&String> = map
        .iter()
        .filter(|(key, value)| {
            !is_empty(value)
                && !matches!(
                    key.as_str(),
                    "pod-template-hash" | "creationTimestamp" | "$patch"
                )
        })
        .map(|(key, _)| key)
        .collect();
    keys.sort();
    (1_u8, keys.len()).hash(hasher);
    for key in keys {
        key.hash(hasher);
        // Amounts are one level below `requests` and the like: pass that name down.
        let context = if is_amount_map(parent) {
            "quantity"
        } else {
            key.as_str()
        };
        hash_value(&map[key], context, hasher);
    }
}

fn is_amount_map(key: &str) -> bool {
    matches!(key, "requests" | "limits" | "overhead" | "capacity")
}

fn is_quantity_field(key: &str) -> bool {
    matches!(key, "quantity" | "sizeLimit" | "divisor")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print_of(json: &str) -> u64 {
        serde_json::from_str::<Template>(json).unwrap().fingerprint
    }

    #[test]
    fn equal_templates_have_equal_fingerprints() {
        let one = r#"{"metadata":{"labels":{"app":"a","pod-template-hash":"x"},
            "creationTimestamp":null},"spec":{"containers":[{"name":"c","env":[],
            "resources":{"limits":{"cpu":"1000m","memory":"1Gi"}}}],"volumes":null}}"#;
        let other = r#"{"spec":{"containers":[{"resources":{"limits":
            {"memory":"1024Mi","cpu":"1"}},"name":"c"}]},"metadata":{"labels":{"app":"a"}}}"#;
        assert_eq!(print_of(one), print_of(other));
    }

    #[test]
    fn any_real_difference_shows() {
        let base = r#"{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"1"}]}]}}"#;
        for other in [
            r#"{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"2"}]}]}}"#,
            r#"{"spec":{"containers":[{"name":"c"}]}}"#,
            r#"{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"1"}],"tty":true}]}}"#,
        ] {
            assert_ne!(print_of(base), print_of(other), "{other}");
        }
    }
}
