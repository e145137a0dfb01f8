//! Parameters arrive as text as well as JSON: both are understood.

use dogwatch_model::Kind;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

use super::{ActionMeta, CallError};

/// A whole number, or its text.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = match &value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number
        .and_then(|number| u32::try_from(number).ok())
        .ok_or_else(|| D::Error::custom(format!("{value} is no whole number")))
}

/// Words with commas between them, or a list of words.
pub(super) fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let split = |text: &str| -> Vec<String> {
        let words = text.split(',').map(str::trim);
        words
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(split(&text)),
        Value::Array(list) => {
            let texts = list.iter().filter_map(Value::as_str);
            Ok(texts.flat_map(split).collect())
        }
        Value::Null => Ok(Vec::new()),
        value => Err(D::Error::custom(format!("{value} is no list of words"))),
    }
}

/// A time as the caller says it.
pub(super) fn stated(meta: &ActionMeta, name: &str, at: &str) -> Result<Timestamp, CallError> {
    at.parse().map_err(|_| {
        let message = format!("`{name}` is no time: write it as 2026-01-31T03:04:05Z");
        CallError::unusable(meta.name, message)
    })
}

/// The kind of a workload; Deployment where nothing is said.
pub(super) fn workload_kind(text: Option<&str>, meta: &ActionMeta) -> Result<Kind, CallError> {
    let kind = Kind::parse(text.unwrap_or("deployment"));
    let kind = kind.map_err(|error| CallError::unusable(meta.name, error.to_string()))?;
    if kind.is_rollout() {
        return Ok(kind);
    }
    Err(CallError::unusable(
        meta.name,
        format!("{} is no workload", kind.name()),
    ))
}

/// A yes or no in any of its spellings.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let text = match &value {
        Value::Bool(flag) => return Ok(*flag),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_ascii_lowercase(),
        _ => String::new(),
    };
    match &*text {
        "true" | "1" | "yes" => Ok(true),
        "false" | "0" | "no" => Ok(false),
        _ => Err(D::Error::custom(format!(
            "{value} is neither true nor false"
        ))),
    }
}
