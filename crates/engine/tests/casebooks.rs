//! Every check against its casebook, and the registry against its own rules.
//!
//! `UPDATE_EXPECT=1 cargo test -p dogwatch-engine` rewrites the `findings` blocks; what a heading
//! promises (fires, silent, undecided) is checked all the same.

use std::{collections::BTreeSet, path::PathBuf};

use dogwatch_engine::{Check, View, checks, run_check};
use dogwatch_testkit::{
    casebook::{Case, Promise, cases, hold, render},
    fixture,
};

fn path(check: &dyn Check) -> PathBuf {
    let (domain, mode) = check
        .meta()
        .id
        .as_str()
        .split_once('/')
        .expect("domain/mode");
    let file = format!("src/checks/{domain}/{}.md", mode.replace('-', "_"));
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file)
}

/// Runs one case: what came out, and whether it keeps the promise of the heading.
fn run(check: &dyn Check, case: &Case) -> (String, bool) {
    let snapshot = fixture::snapshot(&case.yaml);
    let view = View::new(&snapshot);
    let (findings, undecided) = run_check(check, &view);
    let is_kept = match case.promise() {
        Promise::Fires => !findings.is_empty(),
        Promise::Silent => findings.is_empty() && undecided.is_empty(),
        Promise::Undecided => findings.is_empty() && !undecided.is_empty(),
    };
    (render(&findings, &undecided), is_kept)
}

#[test]
fn casebooks_hold() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let only = std::env::var("CASEBOOK").unwrap_or_default();
    let mut wrong = Vec::new();
    let chosen = checks()
        .iter()
        .filter(|check| check.meta().id.as_str().contains(&only));
    let mut count = 0;
    for check in chosen {
        count += 1;
        let id = check.meta().id;
        let broken = hold(&path(*check), update, |case| run(*check, case));
        wrong.extend(broken.into_iter().map(|why| format!("{id} / {why}")));
    }
    assert!(count > 0, "no check was chosen");
    assert!(
        wrong.is_empty(),
        "{} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_check_has_the_four_cases() {
    let mut lacking = Vec::new();
    for check in checks() {
        let markdown = std::fs::read_to_string(path(*check)).expect("the casebook is there");
        assert_eq!(
            markdown,
            check.meta().casebook,
            "{}: rebuild",
            check.meta().id
        );
        let titles: Vec<String> = cases(&markdown)
            .iter()
            .map(|case| case.title.to_ascii_lowercase())
            .collect();
        for word in ["fires", "stays silent", "undecided", "object belongs to"] {
            if !titles.iter().any(|title| title.starts_with(word)) {
                lacking.push(format!("{}: {word}", check.meta().id));
            }
        }
    }
    assert!(
        lacking.is_empty(),
        "cases are missing:\n{}",
        lacking.join("\n")
    );
}

#[test]
fn the_registry_keeps_its_rules() {
    let ids: Vec<&str> = checks()
        .iter()
        .map(|check| check.meta().id.as_str())
        .collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted, "ids are unique and sorted");
    let kinds: BTreeSet<_> = checks().iter().map(|check| check.meta().kind).collect();
    assert_eq!(kinds.len(), checks().len(), "one check per kind of finding");
    for check in checks() {
        let meta = check.meta();
        let expected = format!("{}/{}", meta.kind.domain(), meta.kind.mode());
        assert_eq!(meta.id.as_str(), expected);
        assert!(
            !meta.needs.is_empty() && !meta.advice.is_empty(),
            "{expected}"
        );
        assert!(
            meta.casebook.starts_with(&format!("# {expected}\n")),
            "{expected}"
        );
    }
    let found = dogwatch_model::FindingKind::ALL.len();
    assert_eq!(found, checks().len(), "every kind of finding has its check");
}
