//! What holds for every snapshot. The snapshots are those of all casebooks and stories.

use std::{collections::BTreeSet, sync::LazyLock};

use dogwatch_engine::{checks, diagnose, report::inspection, rules};
use dogwatch_model::{Diagnosis, Finding, Role};
use dogwatch_testkit::{casebook::cases, fixture};
use proptest::{collection::vec, prelude::*, sample::Index};

/// A Deployment of its own in a Namespace of its own, whose Pod has a trouble of its own.
const STRANGER: &str = include_str!("stories/stranger.yaml");

const STORY: &str = include_str!("stories/cilium_upgrade.yaml");
const NO_OPERATOR: &str = include_str!("stories/operator_absent.yaml");

/// The documents of every case, and the title it has.
static CORPUS: LazyLock<Vec<(String, String)>> = LazyLock::new(corpus);

fn corpus() -> Vec<(String, String)> {
    let of_checks = checks()
        .iter()
        .map(|check| (check.meta().id.to_string(), check.meta().casebook));
    let of_rules = rules().map(|rule| (rule.id.to_string(), rule.casebook));
    let mut corpus: Vec<(String, String)> = of_checks
        .chain(of_rules)
        .flat_map(|(id, casebook)| {
            let title = move |case: &str| format!("{id} / {case}");
            cases(casebook)
                .into_iter()
                .map(move |case| (title(&case.title), case.yaml))
        })
        .collect();
    corpus.push(("story".to_owned(), format!("{STORY}---\n{NO_OPERATOR}")));
    corpus
}

/// The YAML of one snapshot, as documents.
fn documents(yaml: &str) -> Vec<&str> {
    yaml.split("---\n").collect()
}

fn report(yaml: &str) -> String {
    let document = inspection(&fixture::snapshot(yaml), "*");
    serde_json::to_string(&document).expect("a report serializes")
}

/// The place of each finding in the ranked list.
fn places(diagnosis: &Diagnosis) -> Vec<usize> {
    let mut places = vec![usize::MAX; diagnosis.findings.len()];
    for (place, cause) in diagnosis.causes.iter().enumerate() {
        for member in &cause.members {
            places[*member] = place;
        }
    }
    places
}

/// For each place of the list, the places that it explains, directly or through others.
fn explained(diagnosis: &Diagnosis, places: &[usize]) -> Vec<BTreeSet<usize>> {
    let links: Vec<(usize, usize)> = diagnosis
        .graph
        .edges
        .iter()
        .filter(|edge| edge.is_proven())
        .map(|edge| (places[edge.cause], places[edge.effect]))
        .collect();
    (0..diagnosis.causes.len())
        .map(|start| {
            let mut seen = BTreeSet::new();
            let mut open = vec![start];
            while let Some(at) = open.pop() {
                let next = links.iter().filter(|(cause, _)| *cause == at);
                open.extend(
                    next.map(|(_, effect)| *effect)
                        .filter(|to| seen.insert(*to)),
                );
            }
            seen
        })
        .collect()
}

/// What stands in a diagnosis about one finding: whether it is a cause, a symptom or a note.
fn roles(diagnosis: &Diagnosis, about: impl Fn(&Finding) -> bool) -> BTreeSet<String> {
    let members = diagnosis.causes.iter().flat_map(|cause| {
        cause
            .members
            .iter()
            .map(move |member| (cause.role, *member))
    });
    members
        .map(|(role, member)| (role, &diagnosis.findings[member]))
        .filter(|(_, finding)| about(finding))
        .map(|(role, finding)| {
            let mode = finding.kind.mode();
            let (object, container) = (&finding.object, &finding.container);
            format!("{role:?} {mode} {object} {container} {}", finding.detail)
        })
        .collect()
}

/// Every finding stands in the list once, and nothing stands before what explains it, unless both
/// stand in one circle.
fn check_ranking(title: &str, diagnosis: &Diagnosis) -> Result<(), TestCaseError> {
    let listed: usize = diagnosis
        .causes
        .iter()
        .map(|cause| cause.members.len())
        .sum();
    prop_assert_eq!(
        listed,
        diagnosis.findings.len(),
        "{}: each finding once",
        title
    );
    let places = places(diagnosis);
    prop_assert!(
        !places.contains(&usize::MAX),
        "{}: no finding is lost",
        title
    );
    let explained = explained(diagnosis, &places);
    for edge in diagnosis.graph.edges.iter().filter(|edge| edge.is_proven()) {
        let (cause, effect) = (places[edge.cause], places[edge.effect]);
        let in_circle = explained[effect].contains(&cause);
        prop_assert!(
            cause <= effect || in_circle,
            "{}: {} stands before {}",
            title,
            diagnosis.findings[edge.effect].kind.mode(),
            diagnosis.findings[edge.cause].kind.mode()
        );
    }
    for (place, cause) in diagnosis.causes.iter().enumerate() {
        let has_reason = cause.role != Role::Symptom || !cause.caused_by.is_empty();
        prop_assert!(
            has_reason,
            "{}: place {} is explained by nothing",
            title,
            place
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_objects_changes_nothing(
        chosen in any::<Index>(),
        keys in vec(any::<u32>(), 64),
    ) {
        let (title, yaml) = chosen.get(&CORPUS[..]);
        let mut shuffled: Vec<(u32, &str)> = keys.iter().copied().cycle().zip(documents(yaml)).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let order: Vec<&str> = shuffled.into_iter().map(|(_, text)| text).collect();
        prop_assert_eq!(report(yaml), report(&order.join("---\n")), "{}", title);
    }

    #[test]
    fn a_symptom_never_stands_before_what_explains_it(chosen in vec(any::<Index>(), 1..5)) {
        let parts: Vec<&(String, String)> = chosen.iter().map(|one| one.get(&CORPUS[..])).collect();
        let titles: Vec<&str> = parts.iter().map(|(title, _)| &**title).collect();
        let yaml: Vec<&str> = parts.iter().map(|(_, yaml)| &**yaml).collect();
        let diagnosis = diagnose(&fixture::snapshot(&yaml.join("---\n")), None);
        check_ranking(&titles.join(" + "), &diagnosis)?;
    }
}

#[test]
fn the_trouble_of_a_stranger_changes_no_cause() {
    let is_stranger = |finding: &Finding| finding.object.namespace == "elsewhere";
    let mut troubles = 0;
    for (title, yaml) in CORPUS.iter() {
        let alone = diagnose(&fixture::snapshot(yaml), None);
        let together = diagnose(&fixture::snapshot(&format!("{yaml}---\n{STRANGER}")), None);
        let known = |finding: &Finding| !is_stranger(finding);
        assert_eq!(roles(&alone, known), roles(&together, known), "{title}");
        troubles += together
            .findings
            .iter()
            .filter(|finding| is_stranger(finding))
            .count();
    }
    assert!(troubles > 0, "the stranger has a trouble");
}
