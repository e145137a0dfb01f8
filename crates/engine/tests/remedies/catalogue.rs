//! Rules of the catalogue.

use dogwatch_engine::{
    checks,
    remedies::{REMEDIES, remedy},
};
use dogwatch_model::plan::{Reversibility, Risk};
use dogwatch_testkit::{
    casebook::cases,
    remedybook::{Promise, promise, request},
};

#[test]
fn ids_are_sorted_unique_and_verb_noun() {
    let ids: Vec<&str> = REMEDIES.iter().map(|known| known.meta().id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted, "ids are unique and sorted");
    for id in ids.into_iter().filter(|id| *id != "escalate") {
        let parts: Vec<&str> = id.split('-').collect();
        let is_word = |part: &&str| {
            !part.is_empty() && part.bytes().all(|letter| letter.is_ascii_lowercase())
        };
        assert!(parts.len() > 1 && parts.iter().all(is_word), "{id}");
    }
}

#[test]
fn every_remedy_has_its_casebook_with_its_cases() {
    for known in REMEDIES {
        let meta = known.meta();
        let page =
            std::fs::read_to_string(super::super::path(*known)).expect("the casebook is there");
        assert_eq!(page, known.casebook(), "{}: rebuild", meta.id);
        assert!(page.starts_with(&format!("# {}\n", meta.id)), "{}", meta.id);
        assert!(
            meta.does.ends_with('.') && meta.risk != Risk::Forbidden,
            "{}",
            meta.id
        );
        let promises: Vec<Promise> = cases(&page).iter().map(promise).collect();
        assert!(promises.contains(&Promise::Applies), "{}: applies", meta.id);
        if meta.id == "escalate" {
            continue;
        }
        assert!(promises.contains(&Promise::Refused), "{}: refused", meta.id);
        // What a provider does is no field of an object.
        let is_shown = meta.reversibility == Reversibility::Reversible;
        let restores = promises.contains(&Promise::Restores);
        assert!(restores || !is_shown, "{}: rollback restores", meta.id);
    }
}

#[test]
fn every_request_of_a_casebook_finds_its_own_remedy() {
    for known in REMEDIES {
        for case in cases(known.casebook()) {
            let found = remedy(&request(&case)).meta().id;
            assert_eq!(found, known.meta().id, "{}", case.title);
        }
    }
}

/// Checks give advice to a person and name no remedy of the catalogue: which remedies end which
/// mode is said in one table, of the planning.
#[test]
fn advice_names_no_remedy_that_does_not_exist() {
    for check in checks() {
        for line in check.meta().advice {
            let named = line.split('`').skip(1).step_by(2);
            for word in named.filter(|word| word.starts_with("dogwatch plan create --remedy ")) {
                let id = word.rsplit(' ').next().unwrap_or_default();
                let is_known = REMEDIES.iter().any(|known| known.meta().id == id);
                assert!(is_known, "{}: {line}", check.meta().id);
            }
        }
    }
}
