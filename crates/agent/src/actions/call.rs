//! The forms in which an action is called, and what may be wrong with a call.

use serde_json::{Map, Value, json};

/// A call: name and parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Name of the action.
    pub name: String,
    /// Parameters by name.
    pub parameters: Map<String, Value>,
}

/// A call that cannot be made. Each is one clear sentence; the process answers with exit code 2.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct CallError {
    message: String,
    action: String,
    missing: Vec<String>,
}

impl CallError {
    /// The call itself cannot be understood.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            action: String::new(),
            missing: Vec::new(),
        }
    }

    /// There is no such action.
    pub(super) fn unknown_action(name: &str, near: Option<&str>) -> Self {
        let hint = near.map(|near| format!("; did you mean \"{near}\"?"));
        let hint = hint.unwrap_or_else(|| "; `dogwatch action --list` names all".to_owned());
        let message = format!("unknown action \"{name}\"{hint}");
        Self {
            message,
            action: name.to_owned(),
            missing: Vec::new(),
        }
    }

    /// Required parameters are not there.
    pub(super) fn missing(action: &str, missing: Vec<String>) -> Self {
        let message = format!("missing required parameter: {}", missing.join(", "));
        Self {
            message,
            action: action.to_owned(),
            missing,
        }
    }

    /// A parameter has a value that cannot be used.
    pub(super) fn unusable(action: &str, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            action: action.to_owned(),
            missing: Vec::new(),
        }
    }

    /// The error as the one JSON object on stdout.
    pub fn to_json(&self) -> Value {
        json!({
            "success": false,
            "error": self.message,
            "action": self.action,
            "missing": self.missing,
        })
    }
}

/// Reads a call in any of its forms: `--action NAME --params JSON`, `NAME key=value ...`,
/// `NAME --key value ...`; they may be mixed. A bare `--flag` means true.
///
/// # Errors
/// When no action is named, a word is no parameter, or a parameter is given twice with different
/// values.
pub fn parse(words: &[String]) -> Result<Call, CallError> {
    let mut name = None;
    let mut parameters = Map::new();
    let mut rest = words.iter().peekable();
    while let Some(word) = rest.next() {
        if let Some(flag) = word.strip_prefix("--") {
            let (key, value) = match flag.split_once('=') {
                Some((key, value)) => (key, Some(value.to_owned())),
                None => (flag, rest.next_if(|next| is_value(next)).cloned()),
            };
            take_flag(key, value, &mut name, &mut parameters)?;
        } else if let Some((key, value)) = word.split_once('=') {
            insert(&mut parameters, key, Value::String(value.to_owned()))?;
        } else if name.is_none() {
            name = Some(word.clone());
        } else {
            return Err(CallError::malformed(format!(
                "\"{word}\" is no parameter: write key=value or --key value"
            )));
        }
    }
    let name = name.ok_or_else(|| {
        CallError::malformed("no action is named: write `dogwatch action NAME key=value ...`")
    })?;
    Ok(Call { name, parameters })
}

/// The word after `--key` is its value, unless it is a flag or a parameter itself.
fn is_value(word: &str) -> bool {
    let is_pair = word.split_once('=').is_some_and(|(key, _)| {
        !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    });
    !word.starts_with("--") && (!is_pair || word.starts_with('{'))
}

fn take_flag(
    key: &str,
    value: Option<String>,
    name: &mut Option<String>,
    parameters: &mut Map<String, Value>,
) -> Result<(), CallError> {
    match key {
        "action" => {
            let value = value.ok_or_else(|| CallError::malformed("--action needs a name"))?;
            if name.as_ref().is_some_and(|known| *known != value) {
                return Err(CallError::malformed("two different actions are named"));
            }
            *name = Some(value);
            Ok(())
        }
        "params" => {
            let text = value.unwrap_or_default();
            let object: Map<String, Value> = serde_json::from_str(&text).map_err(|error| {
                CallError::malformed(format!("--params is no JSON object: {error}"))
            })?;
            object
                .into_iter()
                .try_for_each(|(key, value)| insert(parameters, &key, value))
        }
        _ => {
            let value = value.map_or(Value::Bool(true), Value::String);
            insert(parameters, key, value)
        }
    }
}

fn insert(parameters: &mut Map<String, Value>, key: &str, value: Value) -> Result<(), CallError> {
    let key = key.replace('-', "_");
    if let Some(known) = parameters.get(&key)
        && as_text(known) != as_text(&value)
    {
        return Err(CallError::malformed(format!(
            "{key} is given twice with different values"
        )));
    }
    parameters.insert(key, value);
    Ok(())
}

/// A number and its text are the same value.
fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(line: &[&str]) -> Result<Call, CallError> {
        parse(
            &line
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn the_three_forms_are_one() {
        let json = call(&["--action", "a", "--params", r#"{"name":"api","top_n":5}"#]).unwrap();
        let pairs = call(&["a", "name=api", "top_n=5"]).unwrap();
        let flags = call(&["a", "--name", "api", "--top-n=5"]).unwrap();
        for other in [&pairs, &flags] {
            assert_eq!(other.name, json.name);
            for (key, value) in &json.parameters {
                assert_eq!(as_text(&other.parameters[key]), as_text(value));
            }
        }
        let bare = call(&["a", "--include-logs", "--name", "x"]).unwrap();
        assert_eq!(bare.parameters["include_logs"], Value::Bool(true));
        let selector = call(&["a", "label_selector=app=api,tier=web"]).unwrap();
        assert_eq!(
            selector.parameters["label_selector"],
            json!("app=api,tier=web")
        );
    }

    #[test]
    fn contradictions_are_refused() {
        for bad in [
            &["a", "name=x", "--name", "y"][..],
            &["a", "b"],
            &["name=x"],
            &["--action", "a", "--params", "[1]"],
            &["--action", "a", "--action", "b"],
        ] {
            assert!(call(bad).is_err(), "{bad:?}");
        }
        assert!(
            call(&["a", "n=5", "--params", r#"{"n":5}"#]).is_ok(),
            "same value twice"
        );
    }
}
