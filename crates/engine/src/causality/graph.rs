//! Joins findings by the keys of each rule.

use std::collections::BTreeMap;

use dogwatch_model::{CausalGraph, Edge, Finding};

use super::{Key, RULES, Rule, cycles};
use crate::View;

/// Links all findings. Edges are sorted and unique; no edge is ever dropped to avoid a cycle.
pub(crate) fn build(view: &View<'_>, findings: &[Finding]) -> CausalGraph {
    let mut edges = Vec::new();
    for rule in RULES {
        link(*rule, view, findings, &mut edges);
    }
    edges.sort_by_key(|edge: &Edge| (edge.effect, edge.cause, edge.rule));
    edges.dedup_by(|later, earlier| {
        (later.effect, later.cause) == (earlier.effect, earlier.cause)
            && later.is_proven() == earlier.is_proven()
    });
    let proven = cycles::proven(findings, &edges);
    let would_be = cycles::would_be(findings, &edges, &proven);
    CausalGraph {
        edges,
        proven,
        would_be,
    }
}

fn link(rule: &dyn Rule, view: &View<'_>, findings: &[Finding], edges: &mut Vec<Edge>) {
    // Most rules speak of effects that a cluster does not have: then no cause is looked for.
    let effects: Vec<(usize, Vec<Key>)> = findings
        .iter()
        .enumerate()
        .map(|(index, finding)| (index, rule.effects(view, finding)))
        .filter(|(_, keys)| !keys.is_empty())
        .collect();
    if effects.is_empty() {
        return;
    }
    let mut causes: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        for key in rule.causes(view, finding) {
            causes.entry(key).or_default().push(index);
        }
    }
    let meta = rule.meta();
    for (effect, keys) in effects {
        let finding = &findings[effect];
        for key in keys {
            for cause in causes.get(&key).into_iter().flatten().copied() {
                if cause == effect {
                    continue;
                }
                let Some(link) = rule.relates(view, &findings[cause], finding) else {
                    continue;
                };
                edges.push(Edge {
                    cause,
                    effect,
                    rule: meta.id,
                    because: meta.because,
                    strength: meta.strength,
                    proof: link.proof,
                    missing: link.missing,
                });
            }
        }
    }
}
