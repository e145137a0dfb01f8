//! Compares an answer with what a case expects.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::answer::{Answer, Cause, Named};
use super::case::{Case, Entity};

/// The content of `classes.toml`.
#[derive(Debug, Deserialize)]
pub(crate) struct Classes {
    seeds: BTreeMap<String, Vec<String>>,
    modes: BTreeMap<String, Vec<String>>,
}

/// What a case with a fault is scored on, in the order of the summary.
pub(crate) const CRITERIA: [&str; 6] = [
    "entity@1",
    "class@1",
    "both@1",
    "both@3",
    "seed_class@1",
    "evidence",
];

/// The class of a case in which nothing is wrong.
pub(crate) const NO_FAULT: &str = "no_fault";

/// How one case went.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Score {
    /// The case.
    pub(crate) id: String,
    /// The expected class.
    pub(crate) class: String,
    /// Whether an answer was given and whether one was due.
    pub(crate) outcome: Outcome,
    /// The criteria that are met.
    pub(crate) met: BTreeSet<&'static str>,
    /// `healthy`, `unhealthy` or `unknown`, of the whole case.
    pub(crate) status: String,
    /// How sure the first cause is said to be.
    pub(crate) confidence: f64,
    /// Causes that were reported.
    pub(crate) alarms: u64,
    /// Objects that were checked.
    pub(crate) objects: u64,
    /// The first cause, for reading.
    pub(crate) first: String,
    /// Why there is no answer at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// Whether an answer was given and whether one was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// No fault is expected and no cause is reported.
    Quiet,
    /// No fault is expected and a cause is reported.
    FalseAlarm,
    /// A fault is expected and a cause is reported.
    Answered,
    /// A fault is expected and no cause is reported, or the command failed.
    Unanswered,
}

impl Score {
    /// True when the case expects a fault.
    pub(crate) fn expects_fault(&self) -> bool {
        self.class != NO_FAULT
    }
}

impl Classes {
    /// Parses the table.
    pub(crate) fn parse() -> Result<Self> {
        toml::from_str(include_str!("classes.toml")).context("parse classes.toml")
    }

    fn is_class(&self, cause: &Cause, class: &str) -> bool {
        // The name of a mode in the spelling of classes means itself, and so does a public type.
        let classes = self.modes.get(&cause.mode);
        mode_as_class(&cause.mode) == class
            || type_as_class(&cause.kind) == class
            || classes.is_some_and(|classes| classes.iter().any(|known| known == class))
    }

    fn is_seed(&self, cause: &Cause, seed: &str) -> bool {
        let seeds = self.seeds.get(&cause.kind);
        cause.kind == seed || seeds.is_some_and(|seeds| seeds.iter().any(|known| known == seed))
    }
}

/// `oom-killed-container` in the spelling of classes: `oom_killed_container`.
pub(crate) fn mode_as_class(mode: &str) -> String {
    mode.replace('-', "_")
}

/// `OOMKilled` in the spelling of classes: `oomkilled`; `ImagePullBackOff`: `image_pull_back_off`.
pub(crate) fn type_as_class(kind: &str) -> String {
    let mut class = String::new();
    let mut after_small = false;
    for letter in kind.chars() {
        if letter.is_uppercase() && after_small {
            class.push('_');
        }
        after_small = letter.is_lowercase();
        class.extend(letter.to_lowercase());
    }
    class
}

/// Scores one answer.
pub(crate) fn score(case: &Case, answer: Result<Answer>, classes: &Classes) -> Result<Score> {
    let (answer, error) = match answer {
        Ok(answer) => (answer, None),
        Err(error) => (Answer::default(), Some(format!("{error:#}"))),
    };
    let fault = case.expected.cause_class != NO_FAULT;
    let said = if answer.causes.is_empty() {
        &answer.notes
    } else {
        &answer.causes
    };
    let outcome = match (
        fault,
        answer.causes.is_empty() && (!fault || said.is_empty()),
    ) {
        _ if error.is_some() => Outcome::Unanswered,
        (false, true) => Outcome::Quiet,
        (false, false) => Outcome::FalseAlarm,
        (true, false) => Outcome::Answered,
        (true, true) => Outcome::Unanswered,
    };
    let met = match outcome {
        Outcome::Answered => met(case, said, classes)?,
        Outcome::Quiet | Outcome::FalseAlarm | Outcome::Unanswered => BTreeSet::new(),
    };
    let first = said.first();
    let name =
        |cause: &Cause| format!("{} {}/{}", cause.mode, cause.object.kind, cause.object.name);
    Ok(Score {
        id: case.id.clone(),
        class: case.expected.cause_class.clone(),
        outcome,
        met,
        status: answer.status,
        confidence: first.map_or(0.0, |cause| cause.confidence),
        alarms: u64::try_from(answer.causes.len()).unwrap_or(u64::MAX),
        objects: answer.objects,
        first: first.map(name).unwrap_or_default(),
        error,
    })
}

fn met(case: &Case, causes: &[Cause], classes: &Classes) -> Result<BTreeSet<&'static str>> {
    let wanted = &case.expected;
    let entity = |cause: &Cause| same_entity(case, cause);
    let right = std::iter::once(&wanted.cause_class).chain(&wanted.cause_class_candidates);
    let class = |cause: &Cause| right.clone().any(|class| classes.is_class(cause, class));
    let seed = |cause: &Cause| classes.is_seed(cause, &wanted.seed_class);
    let both = |cause: &Cause| entity(cause) && class(cause);
    let first = causes.first();
    let holds = [
        first.is_some_and(entity),
        first.is_some_and(class),
        first.is_some_and(both),
        causes.iter().take(3).any(both),
        first.is_some_and(seed),
        cites(case, causes)?,
    ];
    let met = CRITERIA.into_iter().zip(holds).filter(|(_, holds)| *holds);
    Ok(met.map(|(name, _)| name).collect())
}

/// True when the first three causes cite the key evidence.
fn cites(case: &Case, causes: &[Cause]) -> Result<bool> {
    let expected = &case.expected;
    let texts: Vec<&str> = causes
        .iter()
        .take(3)
        .flat_map(|cause| &cause.texts)
        .map(String::as_str)
        .collect();
    let mut found = Vec::new();
    for wanted in &expected.key_evidence {
        let hit = match wanted.strip_prefix("re:") {
            Some(pattern) => {
                let pattern = Regex::new(pattern).context("compile a key_evidence pattern")?;
                texts.iter().any(|text| pattern.is_match(text))
            }
            None => texts.iter().any(|text| text.contains(wanted.as_str())),
        };
        found.push(hit);
    }
    Ok(match expected.key_evidence_rule.as_str() {
        "any" => found.contains(&true),
        _ => !found.contains(&false),
    })
}

/// A Pod and the workload that owns it count as one entity, in both directions.
fn same_entity(case: &Case, said: &Cause) -> bool {
    let expected = &case.expected.entity;
    let answers = [Some(&said.object), said.owner.as_ref()];
    answers.into_iter().flatten().any(|answer| {
        is_named(expected, answer)
            || owners(case, answer)
                .iter()
                .any(|owner| is_named(expected, owner))
            || expected_owners(case, expected)
                .iter()
                .any(|owner| owner == answer)
    })
}

fn is_named(expected: &Entity, answer: &Named) -> bool {
    let namespace = expected.namespace.as_deref().unwrap_or_default();
    let name = answer.name == expected.name
        || (expected.name_is_prefix && answer.name.starts_with(&expected.name))
        || expected.candidates.contains(&answer.name);
    let place = namespace.is_empty() || namespace == answer.namespace;
    name && place && answer.kind == expected.kind
}

fn expected_owners(case: &Case, expected: &Entity) -> Vec<Named> {
    let namespace = expected.namespace.clone().unwrap_or_default();
    let names = std::iter::once(&expected.name).chain(&expected.candidates);
    let objects = names.map(|name| Named {
        kind: expected.kind.clone(),
        namespace: namespace.clone(),
        name: name.clone(),
    });
    objects.flat_map(|object| owners(case, &object)).collect()
}

/// The controllers above an object, nearest first. A ReplicaSet that the case does not contain is
/// taken to belong to the Deployment whose name it carries before its hash.
fn owners(case: &Case, object: &Named) -> Vec<Named> {
    let mut chain = Vec::new();
    let mut current = object.clone();
    while chain.len() < 4 {
        let known = case.find(&current.kind, &current.namespace, &current.name);
        let owner = match known.and_then(|object| object.owner.clone()) {
            Some(owner) => owner,
            None if current.kind == "ReplicaSet" => match current.name.rsplit_once('-') {
                Some((deployment, _)) => ("Deployment".to_owned(), deployment.to_owned()),
                None => break,
            },
            None => break,
        };
        let (kind, name) = owner;
        current = Named {
            kind,
            name,
            namespace: current.namespace,
        };
        chain.push(current.clone());
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_meanings_parses() {
        let classes = Classes::parse().expect("classes.toml parses");
        let cause = Cause {
            kind: "OOMKilled".to_owned(),
            mode: "oom-killed-container".to_owned(),
            ..Cause::default()
        };
        assert!(classes.is_class(&cause, "oom_killed"));
        assert!(classes.is_seed(&cause, "OOMKilled"));
        assert!(!classes.is_class(&cause, "image_not_found"));
        assert!(classes.is_class(&cause, "oomkilled"));
    }

    #[test]
    fn any_class_that_is_right_counts() {
        let folder = tempfile::tempdir().expect("create a folder");
        let put = |name: &str, text: &str| {
            std::fs::create_dir_all(folder.path().join("preempted")).expect("create the case");
            std::fs::write(folder.path().join("preempted").join(name), text).expect("write");
        };
        put("case.json", "{}");
        let expected = r#"{"entity": {"kind": "Pod", "name": "a"}, "seed_class": "Evicted",
            "cause_class": "scheduling_failure", "cause_class_candidates": ["pod_preempted"]}"#;
        put("expected.json", expected);
        let cases = crate::eval::case::load_all(folder.path(), &|_| true).expect("a case");
        let classes = Classes::parse().expect("classes.toml parses");
        let met = |kind: &str| {
            let cause = Cause {
                kind: kind.to_owned(),
                ..Cause::default()
            };
            let answer = Answer {
                causes: vec![cause],
                ..Answer::default()
            };
            let score = score(&cases[0], Ok(answer), &classes).expect("a score");
            score.met.contains("class@1")
        };
        assert!(met("PodPreempted") && met("SchedulingFailure"));
        assert!(!met("OOMKilled"));
    }

    #[test]
    fn a_type_is_a_class_as_well() {
        assert_eq!(type_as_class("ImagePullBackOff"), "image_pull_back_off");
        assert_eq!(type_as_class("OOMKilled"), "oomkilled");
        assert_eq!(type_as_class("CaNotTriggered"), "ca_not_triggered");
    }

    #[test]
    fn a_name_matches_in_its_namespace_only() {
        let expected = Entity {
            kind: "Pod".to_owned(),
            name: "api-".to_owned(),
            namespace: Some("shop".to_owned()),
            name_is_prefix: true,
            candidates: Vec::new(),
        };
        let named = |namespace: &str, name: &str| Named {
            kind: "Pod".to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        };
        assert!(is_named(&expected, &named("shop", "api-1")));
        assert!(!is_named(&expected, &named("other", "api-1")));
        assert!(!is_named(&expected, &named("shop", "web-1")));
    }
}
