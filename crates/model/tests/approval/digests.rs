//! What a digest names, and what it does not.

use dogwatch_model::plan::{
    Expectation, Fact, OptionLetter, PlanDigest, PlanOption, Previewed, Reversibility, Risk,
};
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use serde_json::{Value, json};

use super::scene::{digest_of, option, target};

fn document(option: &PlanOption<Previewed>, part: &str) -> Value {
    serde_json::to_value(option).unwrap()[part].clone()
}

/// Pointers of every value inside a document.
fn pointers(value: &Value, path: &str, into: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, child) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                pointers(child, &format!("{path}/{key}"), into);
            }
        }
        Value::Array(list) => {
            for (at, child) in list.iter().enumerate() {
                pointers(child, &format!("{path}/{at}"), into);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            into.push(path.to_owned());
        }
    }
}

/// Another value of the same type; words of closed sets become another word of theirs.
fn other(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_i64().unwrap() + 1),
        Value::Bool(flag) => json!(!flag),
        Value::String(text) => json!(match &**text {
            "merge" => "strategic",
            "high" => "low",
            text => return json!(format!("{text}x")),
        }),
        Value::Null | Value::Array(_) | Value::Object(_) => json!("x"),
    }
}

/// Words that say which variant a value is: another word makes no value of the type.
const TAGS: [&str; 2] = ["/verb", "/expect"];

#[test]
fn every_field_of_what_is_done_and_expected_changes_the_digest() {
    let mut plan = option(Risk::High);
    plan.verification.push(Expectation::FieldIs {
        object: target("api"),
        fact: Fact::new("/spec/paused", true),
    });
    let before = digest_of(&plan);
    let mut tried = 0;
    for part in [
        "risk",
        "steps",
        "observed",
        "preconditions",
        "verification",
        "rollback",
    ] {
        let mut fields = Vec::new();
        pointers(&document(&plan, part), "", &mut fields);
        for field in fields
            .iter()
            .filter(|field| TAGS.iter().all(|tag| !field.ends_with(tag)))
        {
            let mut whole = serde_json::to_value(&plan).unwrap();
            let value = whole[part].pointer_mut(field).unwrap();
            *value = other(value);
            let changed: PlanOption<Previewed> = serde_json::from_value(whole).unwrap();
            assert_ne!(digest_of(&changed), before, "{part}{field}");
            tried += 1;
        }
    }
    assert!(tried > 45, "{tried}");
}

#[test]
fn what_a_plan_is_bound_to_changes_the_digest() {
    let before = digest_of(&option(Risk::Low));
    let changes: [fn(&mut Previewed); 5] = [
        |state| state.incident_id.push('x'),
        |state| state.letter = OptionLetter::new('B').unwrap(),
        |state| state.cluster_uid.push('x'),
        |state| state.policy_version.push('x'),
        |state| state.preview.difference_hashes[0] = "e".repeat(64),
    ];
    for change in changes {
        let mut changed = option(Risk::Low);
        change(&mut changed.state);
        assert_ne!(digest_of(&changed), before);
    }
}

#[test]
fn words_times_and_resource_versions_do_not_change_the_digest() {
    let before = digest_of(&option(Risk::Low));
    let changes: [fn(&mut PlanOption<Previewed>); 6] = [
        |plan| plan.title.push('x'),
        |plan| plan.scenario.push('x'),
        |plan| plan.warnings.push("x".to_owned()),
        |plan| plan.impact.expected_seconds += 1,
        |plan| plan.reversibility = Reversibility::Partial,
        |plan| {
            let versions = &mut plan.state.preview.resource_versions;
            versions.push(("Deployment/shop/api".to_owned(), "7".to_owned()));
        },
    ];
    for change in changes {
        let mut changed = option(Risk::Low);
        change(&mut changed);
        assert_eq!(digest_of(&changed), before);
    }
}

#[test]
fn the_order_in_which_objects_were_observed_does_not_matter() {
    let mut plan = option(Risk::Low);
    let mut second = plan.observed[0].clone();
    second.target = target("web");
    plan.observed.push(second);
    let before = digest_of(&plan);
    plan.observed.reverse();
    assert_eq!(digest_of(&plan), before);
}

#[test]
fn a_fraction_has_no_digest() {
    let mut plan = option(Risk::Low);
    plan.steps[0].act = serde_json::from_value(json!({
        "verb": "patch", "format": "merge", "patch": {"spec": {"share": 0.5}}
    }))
    .unwrap();
    assert!(!plan.is_intact());
}

/// One of many ways to write a digest that only looks like it.
fn looks_like(digest: &str, way: u8, at: usize) -> String {
    match way % 8 {
        0 => digest.to_uppercase(),
        1 => format!(" {digest}"),
        2 => format!("{digest}\n"),
        3 => digest[..63 - at % 62].to_owned(),
        4 => format!("{digest}0"),
        5 => format!("0x{}", &digest[2..]),
        6 => digest.replace('a', "\u{430}"),
        _ => digest.replacen('0', "\u{ff10}", at % 3 + 1),
    }
}

#[test]
fn only_the_exact_text_is_a_digest() {
    let mut runner = TestRunner::deterministic();
    let hex = ("[0-9a-f]{61}0a[0-9a-f]", any::<u8>(), 0_usize..64);
    for _ in 0..2_000 {
        let (text, way, at) = hex.new_tree(&mut runner).unwrap().current();
        assert_eq!(PlanDigest::parse(&text).unwrap().to_string(), text);
        let forged = looks_like(&text, way, at);
        assert_eq!(PlanDigest::parse(&forged), None, "{forged}");
        assert!(serde_json::from_value::<PlanDigest>(json!(forged)).is_err());
    }
}

#[test]
fn a_letter_is_one_of_26() {
    assert!(serde_json::from_value::<OptionLetter>(json!("A")).is_ok());
    for text in ["a", "1", "\u{410}", "", "AB"] {
        assert!(
            serde_json::from_value::<OptionLetter>(json!(text)).is_err(),
            "{text}"
        );
    }
}
