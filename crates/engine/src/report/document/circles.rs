//! Circles for a person: how they close, what is missing, where to cut.

use dogwatch_model::report::Block;

use super::super::{CycleEntry, Cycles};

/// Places to cut a circle that are shown to a person.
const SHOWN_CUTS: usize = 3;

/// Proven circles, then those that might be.
pub(in crate::report) fn circles(cycles: &Cycles) -> Vec<Block> {
    let mut blocks = Vec::new();
    for cycle in &cycles.proven {
        blocks.push(Block::Text(format!(
            "Proven circle; cut it at {}.",
            cycle.breaker
        )));
        blocks.extend(circle(cycle));
    }
    for cycle in &cycles.would_be {
        let missing = cycle.missing_proofs.join("; ");
        blocks.push(Block::Text(format!(
            "Possible circle, not proven. It would be by: {missing}."
        )));
        blocks.extend(circle(cycle));
    }
    blocks
}

fn circle(cycle: &CycleEntry) -> Vec<Block> {
    let cuts = cycle.cuts.iter().take(SHOWN_CUTS).cloned();
    let cuts: Vec<String> = cuts.collect();
    vec![
        Block::List(cycle.chain.clone()),
        Block::Text(format!(
            "Where to cut, the safest first: {}.",
            cuts.join("; ")
        )),
    ]
}
