//! Every causality rule against its casebook.
//!
//! `UPDATE_EXPECT=1 cargo test -p dogwatch-engine --test rules` rewrites the `links` blocks; what a
//! heading promises (relates, or nothing) is checked all the same.

use std::path::PathBuf;

use dogwatch_engine::{RuleMeta, diagnose, rules};
use dogwatch_testkit::{
    casebook::{Case, NOTHING, Promise, cases, hold, render_links},
    fixture,
};

/// The kinds of cases that every rule has.
const KINDS: &[&str] = &[
    "relates",
    "wrong object",
    "wrong time order",
    "link not observed",
];

fn path(rule: &RuleMeta) -> PathBuf {
    let file = format!(
        "src/causality/rules/{}.md",
        rule.id.as_str().replace('-', "_")
    );
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file)
}

/// Runs one case: the links of the rule, and whether they keep the promise of the heading.
fn run(rule: &RuleMeta, case: &Case) -> (String, bool) {
    let diagnosis = diagnose(&fixture::snapshot(&case.yaml), None);
    let links = render_links(&diagnosis, rule.id.as_str());
    let is_kept = (case.promise() == Promise::Fires) == (links != NOTHING);
    // A wrong link can only be refused where two findings stand beside each other.
    let is_hollow = case.title.starts_with("wrong") && diagnosis.findings.len() < 2;
    (links, is_kept && !is_hollow)
}

#[test]
fn rules_hold() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let only = std::env::var("CASEBOOK").unwrap_or_default();
    let mut wrong = Vec::new();
    let mut count = 0;
    for rule in rules().filter(|rule| rule.id.as_str().contains(&only)) {
        count += 1;
        let broken = hold(&path(rule), update, |case| run(rule, case));
        wrong.extend(broken.into_iter().map(|why| format!("{} / {why}", rule.id)));
    }
    assert!(count > 0, "no rule was chosen");
    assert!(
        wrong.is_empty(),
        "{} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_rule_has_the_four_kinds_of_cases() {
    let mut lacking = Vec::new();
    for rule in rules() {
        let titles: Vec<String> = cases(rule.casebook)
            .iter()
            .map(|case| case.title.to_ascii_lowercase())
            .collect();
        let missing = KINDS
            .iter()
            .filter(|kind| !titles.iter().any(|title| title.starts_with(**kind)));
        lacking.extend(missing.map(|kind| format!("{}: {kind}", rule.id)));
    }
    assert!(
        lacking.is_empty(),
        "cases are missing:\n{}",
        lacking.join("\n")
    );
}

#[test]
fn the_registry_keeps_its_rules() {
    let ids: Vec<&str> = rules().map(|rule| rule.id.as_str()).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted, "ids are unique and sorted");
    for rule in rules() {
        assert!(
            rule.casebook.starts_with(&format!("# {}\n", rule.id)),
            "{}",
            rule.id
        );
        assert!(rule.id.as_str().contains("-explains-"), "{}", rule.id);
    }
}
