//! SARIF 2.1.0: findings as results, checks as rules. There is no file, so locations are logical.

use dogwatch_engine::{Check, report::CauseEntry};
use dogwatch_model::{Role, Severity};
use serde_json::{Value, json};

use crate::exit::CliError;

pub(super) fn report(causes: &[CauseEntry]) -> Result<String, CliError> {
    let mut ids: Vec<&str> = causes.iter().map(|cause| cause.check.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let rules: Vec<Value> = ids.iter().map(|id| rule(id)).collect();
    let results: Vec<Value> = causes.iter().map(result).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "dogwatch",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "results": results,
        }],
    });
    // The typed model of SARIF refuses what the standard does not allow.
    let typed: serde_sarif::sarif::Sarif =
        serde_json::from_value(log).map_err(|error| CliError::failure(error.to_string()))?;
    super::json(&typed)
}

fn rule(id: &str) -> Value {
    let meta = dogwatch_engine::explain_check(id).map(Check::meta);
    let text = meta.map_or("", |meta| meta.casebook.lines().nth(2).unwrap_or_default());
    json!({"id": id, "shortDescription": {"text": text}})
}

fn result(cause: &CauseEntry) -> Value {
    let level = match (cause.role, cause.severity) {
        (Role::Cause, Severity::Critical) => "error",
        (Role::Cause, Severity::Warning) => "warning",
        _ => "note",
    };
    let related: Vec<Value> = cause
        .evidence
        .iter()
        .map(|cited| {
            json!({
                "message": {"text": format!("{} {}: {}", cited.id, cited.fact.field, cited.fact.value)},
                "logicalLocations": [{"fullyQualifiedName": cited.fact.object.to_string()}],
            })
        })
        .collect();
    json!({
        "ruleId": cause.check,
        "level": level,
        "message": {"text": cause.title},
        "locations": [{"logicalLocations": [{
            "fullyQualifiedName": cause.object.to_string(),
            "kind": "resource",
        }]}],
        "relatedLocations": related,
        "partialFingerprints": {"object/v1": format!("{}:{}", cause.check, cause.object)},
    })
}
