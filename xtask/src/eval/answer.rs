//! What Dogwatch answers to a case: causes in their order, with what they cite.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::case::{Case, Object};

/// One cause of an answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Cause {
    /// The public type.
    pub(crate) kind: String,
    /// The mode.
    pub(crate) mode: String,
    /// The object.
    pub(crate) object: Named,
    /// The owner the answer names, if any.
    pub(crate) owner: Option<Named>,
    /// Every text of the cause: title, evidence, excerpts of logs.
    pub(crate) texts: Vec<String>,
    /// How sure the answer says it is, 0 to 1.
    pub(crate) confidence: f64,
}

/// Kind, namespace and name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// The kind.
    pub(crate) kind: String,
    /// The namespace; empty for cluster-wide objects.
    pub(crate) namespace: String,
    /// The name.
    pub(crate) name: String,
}

/// The answer to one case.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// Causes, best first; symptoms and notes are left out.
    pub(crate) causes: Vec<Cause>,
    /// What is worth knowing, best first: an answer where there is no cause, never an alarm.
    pub(crate) notes: Vec<Cause>,
    /// `healthy`, `unhealthy` or `unknown`, of the whole case.
    pub(crate) status: String,
    /// Objects that were checked.
    pub(crate) objects: u64,
}

/// Diagnoses what the case asks about, and inspects the whole case.
///
/// What is said about the object in question comes first; the rest of the cluster follows.
pub(crate) fn ask(binary: &Path, case: &Case) -> Result<Answer> {
    let whole = run(binary, case, &["inspect", "-A"])?;
    let status = whole
        .pointer("/summary/status")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let about = match case.subject() {
        Some(subject) => diagnose(binary, case, subject)?,
        None => Value::Null,
    };
    let all = |role| {
        let mut list = causes_of(&about, "/top_causes", role);
        for cause in causes_of(&whole, "/findings", role) {
            if !list
                .iter()
                .any(|known: &Cause| (&known.mode, &known.object) == (&cause.mode, &cause.object))
            {
                list.push(cause);
            }
        }
        list
    };
    Ok(Answer {
        causes: all("cause"),
        notes: all("note"),
        status: status.to_owned(),
        objects: checked(&whole),
    })
}

fn checked(inspection: &Value) -> u64 {
    let kinds = inspection
        .pointer("/summary/checked")
        .and_then(Value::as_array);
    let counts = kinds.into_iter().flatten();
    counts
        .filter_map(|kind| kind.get("objects").and_then(Value::as_u64))
        .sum()
}

fn diagnose(binary: &Path, case: &Case, subject: &Object) -> Result<Value> {
    let name = format!("{}/{}", subject.kind, subject.name);
    match subject.namespace.as_str() {
        "" => run(binary, case, &["diagnose", &name]),
        namespace => run(binary, case, &["diagnose", &name, "-n", namespace]),
    }
}

fn run(binary: &Path, case: &Case, command: &[&str]) -> Result<Value> {
    let output = Command::new(binary)
        .args(command)
        .arg("--from")
        .arg(&case.folder)
        .args(["-o", "json"])
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("start {}", binary.display()))?;
    let Ok(document) = serde_json::from_slice(&output.stdout) else {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!(
            "dogwatch {} printed no JSON: {}",
            command.join(" "),
            errors.trim()
        );
    };
    Ok(document)
}

fn causes_of(document: &Value, pointer: &str, role: &str) -> Vec<Cause> {
    let entries = document.pointer(pointer).and_then(Value::as_array);
    let causes = entries
        .into_iter()
        .flatten()
        .filter(|entry| text(entry, "/role") == role);
    causes.map(cause).collect()
}

fn cause(entry: &Value) -> Cause {
    let object = named(entry, "/object");
    let owner = entry
        .get("owner")
        .filter(|owner| owner.is_object())
        .map(|_| {
            let owner = named(entry, "/owner");
            Named {
                namespace: object.namespace.clone(),
                ..owner
            }
        });
    let mut texts = Vec::new();
    strings(entry, &mut texts);
    Cause {
        kind: text(entry, "/type").to_owned(),
        mode: text(entry, "/mode").to_owned(),
        object,
        owner,
        texts,
        confidence: entry
            .get("confidence")
            .and_then(Value::as_f64)
            .unwrap_or_default(),
    }
}

fn named(entry: &Value, pointer: &str) -> Named {
    let field = |name: &str| text(entry, &format!("{pointer}/{name}")).to_owned();
    Named {
        kind: field("kind"),
        namespace: field("namespace"),
        name: field("name"),
    }
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn strings(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, into)),
        Value::Object(fields) => fields.values().for_each(|field| strings(field, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
