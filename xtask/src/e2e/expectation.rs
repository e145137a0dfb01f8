//! Compares a verdict with what its scenario expects.

use serde_json::Value;

use super::scenario::{Expectation, ExpectedCause, Target};
use super::verdict::Verdict;

/// One sentence for each expectation that the verdict does not meet.
pub(crate) fn compare(expected: &Expectation, verdict: &Verdict) -> Vec<String> {
    let mut complaints = compare_document(expected, &verdict.document);
    let is = verdict.exit_code;
    if let Some(wanted) = expected.exit_code.filter(|wanted| *wanted != is) {
        complaints.push(format!("exit code is {is}, expected {wanted}"));
    }
    complaints
}

fn compare_document(expected: &Expectation, document: &Value) -> Vec<String> {
    let mut complaints = Vec::new();
    let status = text(document, "/summary/status");
    if status != expected.status {
        complaints.push(format!("status is {status}, expected {}", expected.status));
    }
    let causes = list(document, "/top_causes");
    let first = causes
        .iter()
        .find(|cause| text(cause, "/role") != "symptom");
    compare_top_cause(expected, first, &mut complaints);
    compare_roles(expected, causes, &mut complaints);
    let headline = text(document, "/summary/headline");
    for wanted in &expected.headline_contains {
        if !headline.contains(wanted) {
            complaints.push(format!("headline {headline:?} does not contain {wanted:?}"));
        }
    }
    let mut all = Vec::new();
    strings(document, &mut all);
    for wanted in &expected.mentions {
        if !all.iter().any(|text| text.contains(wanted.as_str())) {
            complaints.push(format!("{wanted:?} is not mentioned"));
        }
    }
    let skills: Vec<&str> = list(document, "/handoff")
        .iter()
        .map(|entry| text(entry, "/skill"))
        .collect();
    for wanted in &expected.handoff {
        if !skills.iter().any(|skill| skill.ends_with(wanted.as_str())) {
            complaints.push(format!("no handoff to {wanted}, only to {skills:?}"));
        }
    }
    complaints
}

fn compare_top_cause(expected: &Expectation, first: Option<&Value>, complaints: &mut Vec<String>) {
    match (&expected.top_cause, first) {
        (None, Some(cause)) if expected.no_cause && text(cause, "/role") == "cause" => {
            complaints.push(format!(
                "{} is reported where nothing is wrong",
                text(cause, "/type")
            ));
        }
        (None, _) => {}
        (Some(wanted), None) => complaints.push(format!("no cause, expected {:?}", wanted.types)),
        (Some(wanted), Some(cause)) => {
            compare_cause(wanted, cause, complaints);
            let mut evidence = Vec::new();
            strings(cause, &mut evidence);
            for wanted in &expected.evidence_contains {
                if !evidence.iter().any(|text| text.contains(wanted.as_str())) {
                    complaints.push(format!("evidence of the first cause lacks {wanted:?}"));
                }
            }
        }
    }
}

fn compare_cause(wanted: &ExpectedCause, cause: &Value, complaints: &mut Vec<String>) {
    let kind = text(cause, "/type");
    if !wanted.types.iter().any(|accepted| accepted == kind) {
        complaints.push(format!(
            "first cause is {kind}, expected {:?}",
            wanted.types
        ));
    }
    let fields = [
        ("/mode", &wanted.mode),
        ("/subtype", &wanted.subtype),
        ("/object/kind", &wanted.object_kind),
    ];
    for (pointer, wanted) in fields {
        let is = text(cause, pointer);
        if wanted.as_deref().is_some_and(|wanted| wanted != is) {
            complaints.push(format!(
                "{pointer} of the first cause is {is:?}, expected {wanted:?}"
            ));
        }
    }
    let is_at = |pointer: &str, wanted: &Target| {
        let is = |field: &str| text(cause, &format!("{pointer}/{field}"));
        is("kind") == wanted.kind && is("name") == wanted.name
    };
    if let Some(entity) = &wanted.entity
        && !is_at("/object", entity)
        && !is_at("/owner", entity)
    {
        complaints.push(format!(
            "the first cause is not about {}/{}",
            entity.kind, entity.name
        ));
    }
    // Rank 1 belongs to a cause: symptoms never outrank causes.
    let rank = cause.pointer("/rank").and_then(Value::as_u64);
    if rank != Some(1) {
        complaints.push(format!("the first cause has rank {rank:?}"));
    }
}

fn compare_roles(expected: &Expectation, causes: &[Value], complaints: &mut Vec<String>) {
    let has = |kind: &str, role: &str| {
        causes
            .iter()
            .any(|cause| text(cause, "/type") == kind && text(cause, "/role") == role)
    };
    for kind in expected
        .symptoms
        .iter()
        .filter(|kind| !has(kind, "symptom"))
    {
        complaints.push(format!("{kind} is not reported as a symptom"));
    }
    for kind in expected.not_causes.iter().filter(|kind| has(kind, "cause")) {
        complaints.push(format!("{kind} is reported as a cause"));
    }
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn strings<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, into)),
        Value::Object(fields) => fields.values().for_each(|field| strings(field, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn expected() -> Expectation {
        let yaml = "
status: rollout_blocked
top_cause: {types: [OOMKilled], mode: oom-killed-container, object_kind: Pod, entity: {kind: Deployment, name: api}}
symptoms: [ProbeFailure]
not_causes: [ProbeFailure]
evidence_contains: [exit code 137]
mentions: [node-7]
headline_contains: [old version]
handoff: [pod-failure-diagnoser]
exit_code: 3
";
        serde_saphyr::from_str(yaml).expect("the expectation parses")
    }

    fn verdict() -> Value {
        json!({
            "summary": {"status": "rollout_blocked", "headline": "the old version still serves"},
            "top_causes": [
                {
                    "rank": 1, "type": "OOMKilled", "mode": "oom-killed-container", "role": "cause",
                    "object": {"kind": "Pod", "name": "api-1"},
                    "owner": {"kind": "Deployment", "name": "api"}, "evidence": [{"value": "exit code 137"}],
                },
                {"rank": 2, "type": "ProbeFailure", "role": "symptom"},
            ],
            "handoff": [{"skill": "huawei-cloud-cce-pod-failure-diagnoser"}],
            "warnings": ["node-7 was not read"],
        })
    }

    #[test]
    fn the_expected_verdict_passes() {
        assert_eq!(
            compare_document(&expected(), &verdict()),
            Vec::<String>::new()
        );
    }

    #[test]
    fn every_difference_is_a_complaint() {
        let changes = [
            ("/summary/status", json!("healthy")),
            ("/summary/headline", json!("all is lost")),
            ("/top_causes/0/type", json!("CrashLoopOrAppExit")),
            ("/top_causes/0/mode", json!("crashloop")),
            ("/top_causes/0/object/kind", json!("Node")),
            ("/top_causes/0/owner/name", json!("web")),
            ("/top_causes/0/rank", json!(2)),
            ("/top_causes/0/evidence", json!([])),
            ("/top_causes/0/role", json!("symptom")),
            ("/top_causes/1/role", json!("cause")),
            ("/handoff", json!([])),
            ("/warnings", json!([])),
        ];
        for (pointer, value) in changes {
            let mut document = verdict();
            *document.pointer_mut(pointer).expect("the field exists") = value;
            let complaints = compare_document(&expected(), &document);
            assert!(!complaints.is_empty(), "{pointer} is not checked");
        }
    }

    #[test]
    fn a_cause_where_nothing_is_wrong_is_a_complaint() {
        let quiet = Expectation {
            status: "rollout_blocked".to_owned(),
            no_cause: true,
            ..Expectation::default()
        };
        assert_eq!(compare_document(&quiet, &verdict()).len(), 1);
    }
}
