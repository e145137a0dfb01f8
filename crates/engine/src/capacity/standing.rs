//! What holds of a node whatever runs on it: cordon, taints and labels.

use std::collections::BTreeSet;

use dogwatch_model::{
    snapshot::{NodeSelector, NodeSelectorTerm, PodSpec, Taint, Toleration},
    wire::{Labels, SelectorExpression},
};

use super::{obstacle::Obstacle, world::Place};

const NAME_FIELD: &str = "metadata.name";

/// The nodes that the affinity of a Pod names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Names<'a> {
    /// It names none: every node comes into question.
    All,
    /// Only these.
    Only(BTreeSet<&'a str>),
}

/// The nodes that every alternative of the required affinity names; empty when none can be meant.
pub(super) fn names(spec: &PodSpec) -> Names<'_> {
    let Some(required) = required(spec).filter(|required| !required.node_selector_terms.is_empty())
    else {
        return Names::All;
    };
    let mut all = BTreeSet::new();
    for term in &required.node_selector_terms {
        match names_of(term) {
            Some(names) => all.extend(names),
            None => return Names::All,
        }
    }
    Names::Only(all)
}

fn names_of(term: &NodeSelectorTerm) -> Option<BTreeSet<&str>> {
    let fields = term.match_fields.iter();
    fields
        .filter(|field| field.key == NAME_FIELD && field.operator == "In")
        .map(|field| field.values.iter().map(|value| &**value).collect())
        .reduce(|one: BTreeSet<&str>, other| one.intersection(&other).copied().collect())
}

fn required(spec: &PodSpec) -> Option<&NodeSelector> {
    let affinity = spec.affinity.as_ref()?.node_affinity.as_ref()?;
    affinity.required.as_ref()
}

/// The first thing about the node itself that keeps the Pod away.
pub(super) fn obstacle(spec: &PodSpec, names: &Names<'_>, place: &Place<'_>) -> Option<Obstacle> {
    if let Names::Only(names) = names
        && !names.contains(&*place.name)
    {
        return Some(Obstacle::NotNamed);
    }
    if place.is_cordoned && !tolerates_cordon(spec) {
        return Some(Obstacle::Unschedulable);
    }
    if !spec.node_name.is_empty() && spec.node_name != place.name {
        return Some(Obstacle::OtherNode);
    }
    if let Some(taint) = untolerated(spec, &place.taints) {
        return Some(Obstacle::Taint {
            key: taint.key.clone(),
            value: taint.value.clone(),
            effect: taint.effect.clone(),
        });
    }
    (!is_wanted(spec, place)).then_some(Obstacle::NodeAffinity)
}

/// Everything about the node itself that keeps the Pod away.
pub(super) fn obstacles(spec: &PodSpec, names: &Names<'_>, place: &Place<'_>) -> Vec<Obstacle> {
    let mut found = Vec::new();
    if let Names::Only(names) = names
        && !names.contains(&*place.name)
    {
        found.push(Obstacle::NotNamed);
    }
    if place.is_cordoned && !tolerates_cordon(spec) {
        found.push(Obstacle::Unschedulable);
    }
    let taints = place.taints.iter().copied();
    let kept_away = taints.filter(|taint| untolerated(spec, &[taint]).is_some());
    found.extend(kept_away.map(|taint| Obstacle::Taint {
        key: taint.key.clone(),
        value: taint.value.clone(),
        effect: taint.effect.clone(),
    }));
    if !is_wanted(spec, place) {
        found.push(Obstacle::NodeAffinity);
    }
    found
}

fn tolerates_cordon(spec: &PodSpec) -> bool {
    let cordon = Taint {
        key: "node.kubernetes.io/unschedulable".into(),
        effect: "NoSchedule".into(),
        ..Taint::default()
    };
    is_tolerated(spec, &cordon)
}

/// The first taint that keeps the Pod away.
pub(super) fn untolerated<'a>(spec: &PodSpec, taints: &[&'a Taint]) -> Option<&'a Taint> {
    let hard = taints
        .iter()
        .filter(|taint| matches!(&*taint.effect, "NoSchedule" | "NoExecute"));
    hard.copied().find(|taint| !is_tolerated(spec, taint))
}

fn is_tolerated(spec: &PodSpec, taint: &Taint) -> bool {
    spec.tolerations
        .iter()
        .any(|toleration| tolerates(toleration, taint))
}

/// True when the toleration covers the taint.
pub(super) fn tolerates(toleration: &Toleration, taint: &Taint) -> bool {
    let is_same = |wanted: &str, known: &str| wanted.is_empty() || wanted == known;
    is_same(&toleration.effect, &taint.effect)
        && is_same(&toleration.key, &taint.key)
        && match &*toleration.operator {
            "" | "Equal" => toleration.value == taint.value,
            "Exists" => true,
            _ => false,
        }
}

/// True when the labels and the name of the node are those that the Pod asks for.
pub(super) fn is_wanted(spec: &PodSpec, place: &Place<'_>) -> bool {
    let has_label = |(key, value): (&str, &str)| place.labels.get(key) == Some(value);
    spec.node_selector.iter().all(has_label)
        && required(spec).is_none_or(|required| selects(required, &place.labels, &place.name))
}

/// True when one of the alternatives holds.
pub(super) fn selects(selector: &NodeSelector, labels: &Labels, name: &str) -> bool {
    let terms = selector.node_selector_terms.iter();
    terms
        .filter(|term| !term.match_expressions.is_empty() || !term.match_fields.is_empty())
        .any(|term| {
            let labels_match = |expression: &SelectorExpression| expression.matches(labels);
            term.match_expressions.iter().all(labels_match)
                && term.match_fields.iter().all(|field| is_named(field, name))
        })
}

/// Fields take exactly one value.
fn is_named(field: &SelectorExpression, name: &str) -> bool {
    let [value] = &*field.values else {
        return false;
    };
    field.key == NAME_FIELD
        && match &*field.operator {
            "In" => *value == name,
            "NotIn" => *value != name,
            _ => false,
        }
}
